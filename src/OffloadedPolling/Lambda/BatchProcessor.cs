using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OffloadedPolling.Processing;
using OffloadedPolling.Sqs;

namespace OffloadedPolling.Lambda;

/// <summary>Passes each record of a batch to the source of its queue. One that fails does not affect the others.</summary>
internal sealed class BatchProcessor(IReadOnlyList<IEventSource> sources, ILogger<SqsEventProcessor> logger) : IDisposable
{
    // For people.
    private string KnownQueues => sources.Count == 0 ? "none" : string.Join(", ", sources.Select(source => $"'{source.QueueUrl}'"));

    /// <summary>Processes the records in parallel, and returns the ids of the messages to deliver again.</summary>
    /// <inheritdoc cref="IEventSource.ProcessAsync"/>
    /// <exception cref="InvalidSqsEventException">A record has no id. All others are processed by then.</exception>
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

/// <summary>A queue whose messages come as events, and what is done with them.</summary>
internal interface IEventSource
{
    /// <summary>The kind whose queue it is.</summary>
    string Kind { get; }

    string QueueUrl { get; }

    /// <summary>Processes one invocation's messages of this queue, and returns those to deliver again.</summary>
    /// <param name="records">The messages; none of them lacks anything.</param>
    /// <param name="stop">Cancels handlers.</param>
    /// <param name="abandon">Releases messages even if their handlers do not end.</param>
    /// <param name="answer">Ends the wait for what abandoned messages still have to do: the function has to answer.</param>
    Task<IReadOnlyList<EventRecord>> ProcessAsync(
        IReadOnlyList<EventRecord> records, CancellationToken stop, CancellationToken abandon, CancellationToken answer);
}

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
