using Microsoft.Extensions.DependencyInjection;

namespace OffloadedPolling.Tests.Conformance;

/// <summary>
/// A provider's queue that counts what it delivers, and makes each message anew from what is public, as one that decrypts bodies does. If
/// asked to, it delivers in no order, as a standard queue of SQS may.
/// </summary>
internal sealed class DecoratedQueue(IOperationQueue queue, bool isShuffled) : IOperationQueue
{
    private int _received;

    /// <summary>How many messages it has delivered.</summary>
    public int Received => Volatile.Read(ref _received);

    public string MessagingSystem => queue.MessagingSystem;

    /// <summary>Puts it in front of the queue that is registered.</summary>
    public static void Decorate(IServiceCollection services, bool isShuffled)
    {
        var inner = services.Last(service => service.ServiceType == typeof(IOperationQueue)).ImplementationType!;
        services.AddSingleton<IOperationQueue>(provider =>
            new DecoratedQueue((IOperationQueue)ActivatorUtilities.CreateInstance(provider, inner), isShuffled));
    }

    public ValueTask<int> GetMaxMessageBytesAsync(string kind, CancellationToken cancellationToken) =>
        queue.GetMaxMessageBytesAsync(kind, cancellationToken);

    public Task SendAsync(string kind, OutgoingMessage message, CancellationToken cancellationToken) =>
        queue.SendAsync(kind, message, cancellationToken);

    public async Task<IReadOnlyList<ReceivedMessage>> ReceiveAsync(string kind, int most, CancellationToken cancellationToken)
    {
        var messages = (await queue.ReceiveAsync(kind, most, cancellationToken)).ToArray();
        Interlocked.Add(ref _received, messages.Length);
        if (isShuffled)
        {
            Random.Shared.Shuffle(messages);
        }

        return [.. messages.Select(Anew)];
    }

    public Task DeleteAsync(string kind, IReadOnlyCollection<ReceivedMessage> messages, CancellationToken cancellationToken) =>
        queue.DeleteAsync(kind, messages, cancellationToken);

    public Task<TimeSpan?> ExtendAsync(string kind, ReceivedMessage message, CancellationToken cancellationToken) =>
        queue.ExtendAsync(kind, message, cancellationToken);

    public Task ReleaseAsync(
        string kind, IReadOnlyCollection<ReceivedMessage> messages, TimeSpan visibleAfter, CancellationToken cancellationToken) =>
        queue.ReleaseAsync(kind, messages, visibleAfter, cancellationToken);

    public ValueTask<QueueDepth?> GetDepthAsync(string kind, CancellationToken cancellationToken) =>
        queue.GetDepthAsync(kind, cancellationToken);

    public Task<string?> CheckAsync(string kind, CancellationToken cancellationToken) => queue.CheckAsync(kind, cancellationToken);

    private static ReceivedMessage Anew(ReceivedMessage message) => new()
    {
        Id = message.Id,
        ReceiptHandle = message.ReceiptHandle,
        Body = message.Body,
        StatusKey = message.StatusKey,
        StatusCreatedAt = message.StatusCreatedAt,
        TraceParent = message.TraceParent,
        ReceiveCount = message.ReceiveCount,
        MaxReceiveCount = message.MaxReceiveCount,
        HiddenFor = message.HiddenFor,
    };
}
