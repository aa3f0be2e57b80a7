using Microsoft.Extensions.DependencyInjection;

namespace OffloadedPolling.Tests.Conformance;

/// <summary>
/// Decorates a provider's queue. Counts deliveries and copies each message from its public members, as a decorator that decrypts bodies
/// does. Optionally shuffles the messages, as an SQS standard queue may.
/// </summary>
internal sealed class DecoratedQueue(IOperationQueue queue, bool isShuffled) : IOperationQueue
{
    private int _received;

    /// <summary>Gets how many messages were delivered.</summary>
    public int Received => Volatile.Read(ref _received);

    /// <summary>Runs before each send. It may throw.</summary>
    public Action BeforeSend { get; set; } = () => { };

    public string MessagingSystem => queue.MessagingSystem;

    /// <summary>Decorates the registered queue.</summary>
    public static void Decorate(IServiceCollection services, bool isShuffled)
    {
        var inner = services.Last(service => service.ServiceType == typeof(IOperationQueue)).ImplementationType!;
        services.AddSingleton<IOperationQueue>(provider =>
            new DecoratedQueue((IOperationQueue)ActivatorUtilities.CreateInstance(provider, inner), isShuffled));
    }

    public ValueTask<int> GetMaxMessageBytesAsync(string kind, CancellationToken cancellationToken) =>
        queue.GetMaxMessageBytesAsync(kind, cancellationToken);

    public async Task SendAsync(string kind, OutgoingMessage message, CancellationToken cancellationToken)
    {
        BeforeSend();
        await queue.SendAsync(kind, message, cancellationToken);
    }

    public async Task<IReadOnlyList<ReceivedMessage>> ReceiveAsync(string kind, int most, CancellationToken cancellationToken)
    {
        var messages = (await queue.ReceiveAsync(kind, most, cancellationToken)).ToArray();
        Interlocked.Add(ref _received, messages.Length);
        if (isShuffled)
        {
            Random.Shared.Shuffle(messages);
        }

        return [.. messages.Select(Copy)];
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

    private static ReceivedMessage Copy(ReceivedMessage message) => new()
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
