using Microsoft.Extensions.Options;

namespace OffloadedPolling.Sqs;

/// <summary>The dead-letter queues that the kinds' settings name.</summary>
internal sealed class SqsDeadLetterQueue(SqsMessages sqs, IOptionsMonitor<OperationOptions> options) : IDeadLetterQueue
{
    private static readonly TimeSpan _aside = TimeSpan.FromHours(1);

    public string MessagingSystem => SqsMessages.MessagingSystem;

    public bool IsKnown(string kind) => !string.IsNullOrEmpty(QueueUrl(kind));

    public Task<IReadOnlyList<ReceivedMessage>> ReceiveAsync(string kind, CancellationToken cancel) =>
        sqs.ReceiveAsync(kind, QueueUrl(kind), SqsMessages.MaxBatch, options.Get(kind).VisibilityTimeout, () => default, cancel);

    public Task DeleteAsync(string kind, ReceivedMessage message, CancellationToken cancel) => sqs.DeleteAsync(QueueUrl(kind), [message], cancel);

    public Task SetAsideAsync(string kind, ReceivedMessage message, CancellationToken cancel) =>
        sqs.HideAsync("set aside in", QueueUrl(kind), [message], _aside, cancel);

    public Task CheckAsync(string kind, CancellationToken cancel) => sqs.CheckAsync(QueueUrl(kind), cancel);

    private string QueueUrl(string kind) => options.Get(kind).DeadLetterQueueUrl;
}
