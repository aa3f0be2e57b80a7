using OffloadedPolling.Sqs;
using Microsoft.Extensions.Logging;

namespace OffloadedPolling.Lambda;

/// <summary>Brings each record of a batch to what is responsible for its queue. One that fails does not keep the others.</summary>
internal sealed class BatchProcessor(EventSources sources, ILogger<SqsEventProcessor> logger)
{
    /// <summary>Processes them side by side, and tells the ids of the messages that are to be delivered again.</summary>
    /// <param name="records">The records.</param>
    /// <param name="stop">Cancels handlers.</param>
    /// <param name="abandon">Gives messages back even if their handlers do not end.</param>
    /// <param name="answer">Ends the wait for what abandoned messages still have to do.</param>
    /// <exception cref="InvalidSqsEventException">One had no id, after all others were done.</exception>
    public async Task<IReadOnlyList<string>> ProcessAsync(
        IReadOnlyList<EventRecord> records, CancellationToken stop, CancellationToken abandon, CancellationToken answer)
    {
        var perSource = records.GroupBy(record => record.IsFromSqs ? record.SourceArn : record.Source)
            .Select(group => ProcessAsync(group.Key ?? "nowhere", [.. group], stop, abandon, answer));
        var failed = (await Task.WhenAll(perSource).ConfigureAwait(false)).SelectMany(each => each).ToList();

        // What has no id cannot be named in the answer, and what is not named is deleted.
        return failed.TrueForAll(record => record.MessageId is { Length: > 0 })
            ? [.. failed.Select(record => record.MessageId!)]
            : throw new InvalidSqsEventException("a record has no 'messageId'");
    }

    private async Task<IEnumerable<EventRecord>> ProcessAsync(
        string from, IReadOnlyList<EventRecord> records, CancellationToken stop, CancellationToken abandon, CancellationToken answer)
    {
        if (QueueArn.Read(from) is not { } queue || sources.Find(queue) is not { } source)
        {
            Log.RecordsOfUnknownSource(logger, records.Count, from, sources.Known);
            return records;
        }

        var incomplete = records.Where(record => record.Missing is not null).ToList();
        foreach (var record in incomplete)
        {
            Log.RecordIncomplete(logger, record.MessageId, source.Kind, record.Missing!);
        }

        return [.. incomplete, .. await source.ProcessAsync([.. records.Except(incomplete)], stop, abandon, answer).ConfigureAwait(false)];
    }
}
