using Microsoft.Extensions.Options;
using OffloadedPolling.Processing;

namespace OffloadedPolling.Lambda;

/// <summary>Ends the operations of one kind's dead letters that come as events.</summary>
internal sealed class DeadLetterEventSource(
    string kind, DeadLetterProcessor processor, IOptionsMonitor<OperationOptions> options, TimeProvider time) : IEventSource
{
    public string Kind => kind;

    public string QueueUrl => options.Get(kind).DeadLetterQueueUrl;

    public async Task<IReadOnlyList<EventRecord>> ProcessAsync(
        IReadOnlyList<EventRecord> records, CancellationToken stop, CancellationToken abandon, CancellationToken answer)
    {
        var receivedAt = time.GetTimestamp();
        var letters = records.Select(record => record.ToMessage(maxReceiveCount: null, receivedAt, hiddenFor: TimeSpan.Zero));
        var done = await Task.WhenAll(
            letters.Select(letter => processor.ProcessAsync(kind, letter, delete: false, abandon))).ConfigureAwait(false);
        return [.. records.Where((_, index) => !done[index])];
    }
}
