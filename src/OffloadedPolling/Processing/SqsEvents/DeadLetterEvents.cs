using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OffloadedPolling.Diagnostics;

namespace OffloadedPolling.Processing.SqsEvents;

/// <summary>Ends the operations of one kind's dead letters that come as events.</summary>
internal sealed class DeadLetterEvents(
    string kind, IDeadLetterQueue queue, DeadLetterProcessor processor, IOptionsMonitor<OperationOptions> options, ILogger<SqsEventProcessor> logger) : IEventSource
{
    public string Kind => kind;

    public string QueueUrl => options.Get(kind).DeadLetterQueueUrl;

    public async Task<IReadOnlyList<EventRecord>> ProcessAsync(IReadOnlyList<EventRecord> records, CancellationToken stop, CancellationToken abandon)
    {
        var done = await Task.WhenAll(records.Select(ProcessAsync)).ConfigureAwait(false);
        return [.. records.Where((_, index) => !done[index])];
    }

    private async Task<bool> ProcessAsync(EventRecord record)
    {
        var letter = record.ToMessage(maxReceiveCount: null, visibleAgainAt: 0);
        try
        {
            if (await processor.EndAsync(kind, letter).ConfigureAwait(false) == MessageDisposition.Delete)
            {
                return true;
            }

            await queue.SetAsideAsync(kind, letter, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception failed)
        {
            // One letter must not keep the others.
            Log.DeadLetterLeft(logger, letter.Id, kind, failed);
        }

        return false;
    }
}
