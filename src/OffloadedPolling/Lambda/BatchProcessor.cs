using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OffloadedPolling.Processing;
using OffloadedPolling.Sqs;

namespace OffloadedPolling.Lambda;

/// <summary>Passes each record of a batch to the source of its queue. A record that fails does not affect the others.</summary>
internal sealed class BatchProcessor(IReadOnlyList<IEventSource> sources, ILogger<SqsEventProcessor> logger) : IDisposable
{
    private string KnownQueues => sources.Count == 0 ? "none" : string.Join(", ", sources.Select(source => $"'{source.QueueUrl}'"));

    /// <summary>Processes the records in parallel and returns the IDs of the messages to redeliver.</summary>
    /// <inheritdoc cref="IEventSource.ProcessAsync"/>
    /// <exception cref="InvalidSqsEventException">A record has no ID. All other records have been processed.</exception>
    public async Task<IReadOnlyList<string>> ProcessAsync(
        IReadOnlyList<EventRecord> records, CancellationToken stop, CancellationToken abandon, CancellationToken answer)
    {
        var perSource = records.GroupBy(record => record.IsFromSqs ? record.SourceArn : record.Source)
            .Select(group => ProcessAsync(group.Key ?? "unknown", [.. group], stop, abandon, answer));
        var failed = (await Task.WhenAll(perSource).ConfigureAwait(false)).SelectMany(each => each).ToList();

        // A record without an ID cannot be reported as failed, and Lambda deletes what is not reported.
        return failed.TrueForAll(record => record.MessageId is { Length: > 0 })
            ? [.. failed.Select(record => record.MessageId!)]
            : throw new InvalidSqsEventException("a record has no 'messageId'");
    }

    public void Dispose()
    {
        foreach (var source in sources.OfType<IDisposable>())
        {
            source.Dispose();
        }
    }

    private async Task<IEnumerable<EventRecord>> ProcessAsync(
        string from, IReadOnlyList<EventRecord> records, CancellationToken stop, CancellationToken abandon, CancellationToken answer)
    {
        if (QueueArn.Parse(from) is not { } queue || sources.FirstOrDefault(source => queue.IsAt(source.QueueUrl)) is not { } source)
        {
            Log.RecordsOfUnknownSource(logger, records.Count, from, KnownQueues);
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

/// <summary>A queue whose messages arrive as events.</summary>
internal interface IEventSource
{
    /// <summary>Gets the operation kind of the queue.</summary>
    string Kind { get; }

    string QueueUrl { get; }

    /// <summary>Processes the messages of this queue in one invocation and returns those to redeliver.</summary>
    /// <param name="records">The messages, all of them complete.</param>
    /// <param name="stop">The token that cancels handlers.</param>
    /// <param name="abandon">The token that releases messages even if their handlers are still running.</param>
    /// <param name="answer">The token that ends the wait for abandoned messages, because the function must respond.</param>
    Task<IReadOnlyList<EventRecord>> ProcessAsync(
        IReadOnlyList<EventRecord> records, CancellationToken stop, CancellationToken abandon, CancellationToken answer);
}

/// <summary>Ends operations whose dead letters arrive as events.</summary>
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
