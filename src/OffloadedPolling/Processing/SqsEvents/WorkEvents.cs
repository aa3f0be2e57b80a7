using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OffloadedPolling.Diagnostics;
using OffloadedPolling.Queue;

namespace OffloadedPolling.Processing.SqsEvents;

/// <summary>Runs the handler of one kind for messages that come as events.</summary>
internal sealed class WorkEvents : IEventSource, IDisposable
{
    // A new function's first connection takes its time. Without the answer, a last attempt is not known as such.
    private static readonly TimeSpan _attributesPatience = TimeSpan.FromSeconds(1);

    private readonly HandlerRunner _runner;

    private readonly IOperationQueue _queue;

    private readonly SqsQueueAttributes _attributes;

    private readonly MessageProcessor _processor;

    private readonly DurationRecorder _durations;

    private readonly OperationOptions _options;

    private readonly TimeProvider _time;

    private readonly ILogger _logger;

    private readonly SemaphoreSlim _slots;

    public WorkEvents(
        HandlerRunner runner,
        IOperationQueue queue,
        SqsQueueAttributes attributes,
        MessageProcessor processor,
        DurationRecorder durations,
        OperationMetrics metrics,
        IOptionsMonitor<OperationOptions> options,
        TimeProvider time,
        ILogger<SqsEventProcessor> logger)
    {
        (_runner, _queue, _attributes, _processor, _durations, _time, _logger) = (runner, queue, attributes, processor, durations, time, logger);
        _options = options.Get(Kind);
        _slots = new SemaphoreSlim(_options.MaxConcurrency);
        durations.StartWithoutLoop(Kind, _options.MaxConcurrency);
        metrics.Handlers.Limit(Kind, _options.MaxConcurrency);
    }

    public string Kind => _runner.Kind.Name;

    public string QueueUrl => _options.QueueUrl;

    public void Dispose() => _slots.Dispose();

    public async Task<IReadOnlyList<EventRecord>> ProcessAsync(IReadOnlyList<EventRecord> records, CancellationToken stop, CancellationToken abandon)
    {
        var arrivedAt = _time.GetTimestamp();
        var attributes = await _attributes.GetSettingsAsync(Kind, _attributesPatience, CancellationToken.None).ConfigureAwait(false);
        var hiddenUntil = Timestamps.After(_time, (attributes?.VisibilityTimeout ?? _options.VisibilityTimeout) - _time.GetElapsedTime(arrivedAt));
        var done = await Task.WhenAll(records.Select(record => ProcessAsync(record, attributes?.MaxReceiveCount, arrivedAt, hiddenUntil, stop, abandon))).ConfigureAwait(false);

        // A function is frozen between its invocations: what it measured is written now, if it is time.
        await _durations.WriteIfDueAsync(Kind, abandon).ConfigureAwait(false);
        return [.. records.Where((_, index) => !done[index])];
    }

    private async Task<bool> ProcessAsync(
        EventRecord record, int? maxReceiveCount, long receivedAt, long hiddenUntil, CancellationToken stop, CancellationToken abandon)
    {
        ReceivedMessage? message = null;
        try
        {
            var hasSlot = await TakeSlotAsync(stop).ConfigureAwait(false);

            // The queue hides a batch for longer than its function may run. Extended as in any worker, a message comes again soon after this
            // process dies, and is heard soon when its caller cancels.
            message = record.ToMessage(maxReceiveCount, receivedAt, Math.Min(hiddenUntil, Timestamps.After(_time, _options.VisibilityTimeout)));
            var disposition = hasSlot ? await ProcessInSlotAsync(message, stop, abandon).ConfigureAwait(false) : MessageDisposition.Release;
            if (disposition == MessageDisposition.Release)
            {
                await _queue.ReleaseAsync(Kind, [message], CancellationToken.None).ConfigureAwait(false);
            }

            return disposition == MessageDisposition.Delete;
        }
        catch (Exception unexpected)
        {
            // One message must not keep the others; it is delivered again.
            Log.MessageLeft(_logger, record.MessageId!, Kind, unexpected);
            return false;
        }
    }

    private async Task<bool> TakeSlotAsync(CancellationToken stop)
    {
        var taken = _slots.WaitAsync(stop);
        await taken.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (taken.IsCompletedSuccessfully && stop.IsCancellationRequested)
        {
            // Both at once: it would be lost to all later batches.
            _slots.Release();
            return false;
        }

        return taken.IsCompletedSuccessfully;
    }

    private async Task<MessageDisposition> ProcessInSlotAsync(ReceivedMessage message, CancellationToken stop, CancellationToken abandon)
    {
        try
        {
            if (_time.GetTimestamp() >= message.VisibleAgainAt)
            {
                Log.MessageHeldTooLong(_logger, message.Id, Kind);
                return MessageDisposition.Leave;
            }

            // Off this thread: a handler that blocks must not keep the others of its batch.
            return await Task.Run(() => _processor.ProcessAsync(_runner, message, stop, abandon), CancellationToken.None).ConfigureAwait(false);
        }
        finally
        {
            _slots.Release();
        }
    }
}
