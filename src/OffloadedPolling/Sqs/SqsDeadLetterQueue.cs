using Microsoft.Extensions.Options;

namespace OffloadedPolling.Sqs;

/// <summary>The dead-letter queues that the kinds' settings name.</summary>
internal sealed class SqsDeadLetterQueue(SqsMessages sqs, IOptionsMonitor<OperationOptions> options) : IDeadLetterQueue
{
    private static readonly TimeSpan _aside = TimeSpan.FromHours(1);

    public string MessagingSystem => SqsMessages.MessagingSystem;

    public bool IsKnown(string kind) => !string.IsNullOrEmpty(QueueUrl(kind));

    public Task<IReadOnlyList<ReceivedMessage>> ReceiveAsync(string kind, CancellationToken cancellationToken) =>
        sqs.ReceiveAsync(kind, QueueUrl(kind), SqsMessages.MaxBatch, options.Get(kind).VisibilityTimeout, () => default, cancellationToken);

    public Task DeleteAsync(string kind, ReceivedMessage message, CancellationToken cancellationToken) =>
        sqs.DeleteAsync(QueueUrl(kind), [message], cancellationToken);

    public Task SetAsideAsync(string kind, ReceivedMessage message, CancellationToken cancellationToken) =>
        sqs.HideAsync("set aside in", QueueUrl(kind), [message], _aside, cancellationToken);

    public Task CheckAsync(string kind, CancellationToken cancellationToken) => sqs.CheckAsync(QueueUrl(kind), cancellationToken);

    private string QueueUrl(string kind) => options.Get(kind).DeadLetterQueueUrl;
}
