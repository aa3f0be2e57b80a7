using Microsoft.Extensions.Logging;
using OffloadedPolling.Processing;
using OffloadedPolling.Sqs;

namespace OffloadedPolling.Lambda;

/// <summary>Runs the handler of one kind for messages that arrive as events.</summary>
internal sealed class OperationEventSource : IEventSource, IDisposable
{
    // The first connection of a new function is slow. Without the attributes, the last attempt is not recognized.
    private static readonly TimeSpan _attributesPatience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _releasePatience = TimeSpan.FromSeconds(1);
    private readonly HandlerInvoker _handler;
    private readonly IOperationQueue _queue;
    private readonly SqsQueueAttributes _attributes;
    private readonly MessageProcessor _processor;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly SemaphoreSlim _slots;

    public OperationEventSource(
        HandlerInvoker handler, IOperationQueue queue, SqsQueueAttributes attributes, MessageProcessor processor, TimeProvider time,
        ILogger<SqsEventProcessor> logger)
    {
        (_handler, _queue, _attributes, _processor, _time, _logger) = (handler, queue, attributes, processor, time, logger);
        var maxConcurrency = handler.Kind.Options.MaxConcurrency;
        _slots = new SemaphoreSlim(maxConcurrency);
        handler.Kind.Recorder.StartWithoutLoop(maxConcurrency);
        handler.Kind.Metrics.WorkerStarted(maxConcurrency);
    }

    public string Kind => _handler.Kind.Name;
    public string QueueUrl => _handler.Kind.Options.QueueUrl;

    public void Dispose() => _slots.Dispose();

    public async Task<IReadOnlyList<EventRecord>> ProcessAsync(
        IReadOnlyList<EventRecord> records, CancellationToken stop, CancellationToken abandon, CancellationToken answer)
    {
        var arrivedAt = _time.GetTimestamp();
        var attributes = await _attributes.GetSettingsAsync(Kind, _attributesPatience, CancellationToken.None).ConfigureAwait(false);

        // The queue hides a batch for longer than the function may run. With a shorter timeout that is extended, as in every worker, a
        // message is redelivered soon after this process dies, and a cancellation is detected soon.
        var visibility = _handler.Kind.Options.VisibilityTimeout;
        var hiddenFor = SqsMessages.Shorter(visibility, (attributes?.VisibilityTimeout ?? visibility) - _time.GetElapsedTime(arrivedAt));
        var batch = new Batch(attributes?.MaxReceiveCount, arrivedAt, hiddenFor, stop, abandon);

        // Unfinished records are reported as failed when the time is over, so that finished ones are not redelivered.
        var works = records.Select(record => (Record: record, IsDone: ProcessAsync(record, batch))).ToList();
        Task all = Task.WhenAll(works.Select(work => work.IsDone));
        await all.WaitAsync(answer).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

        // A function is frozen between invocations, so durations that are due are written now.
        await _handler.Kind.Recorder.WriteIfDueAsync(abandon).ConfigureAwait(false);
        var failed = works.Where(work => work.IsDone is not { IsCompletedSuccessfully: true, Result: true })
            .Select(work => work.Record).ToList();
        return failed.Count == records.Count && batch.StoreFailure is { } failure ? throw failure : failed;
    }

    /// <summary>Processes one record and returns whether it is done, so that it is not redelivered.</summary>
    private async Task<bool> ProcessAsync(EventRecord record, Batch batch)
    {
        try
        {
            DeliveryResult result;
            var message = record.ToMessage(batch.MaxReceiveCount, batch.ArrivedAt, batch.HiddenFor);
            var lease = MessageLease.Start(Kind, message, _queue, _time, _logger);
            await using (lease.ConfigureAwait(false))
            {
                result = await ProcessInSlotAsync(lease, batch).ConfigureAwait(false);
            }

            if (result.Disposition == MessageDisposition.Release)
            {
                using var patience = new CancellationTokenSource(_releasePatience, _time);
                await _queue.ReleaseAsync(Kind, [message], result.VisibleAfter, patience.Token).ConfigureAwait(false);
            }

            return result.Disposition == MessageDisposition.Delete;
        }
        catch (Exception unexpected)
        {
            // One message must not affect the others. It is redelivered.
            Diagnostics.Log.MessageLeft(_logger, record.MessageId!, Kind, unexpected);
            return false;
        }
    }

    private async Task<DeliveryResult> ProcessInSlotAsync(MessageLease lease, Batch batch)
    {
        if (!await TakeSlotAsync(lease, batch).ConfigureAwait(false))
        {
            return new DeliveryResult(batch.StoreFailure is null ? lease.UnfinishedDisposition : MessageDisposition.Leave);
        }

        try
        {
            var delivery = new Delivery(_handler, lease, batch.Stopping, batch.Stop, batch.Abandon) { WaitsForStore = false };
            // On another thread, so that a handler that blocks does not delay the rest of the batch.
            var result = await Task.Run(() => _processor.ProcessAsync(delivery), CancellationToken.None).ConfigureAwait(false);
            if (result.StoreFailure is { } failure)
            {
                batch.StopFor(failure);
            }

            return result;
        }
        finally
        {
            _slots.Release();
        }
    }

    private async Task<bool> TakeSlotAsync(MessageLease lease, Batch batch)
    {
        using var given = CancellationTokenSource.CreateLinkedTokenSource(batch.Stopping, lease.Lost);
        var taken = _slots.WaitAsync(given.Token);
        await taken.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (taken.IsCompletedSuccessfully && given.IsCancellationRequested)
        {
            // Both happened at once. Without the release, later batches would never get the slot back.
            _slots.Release();
            return false;
        }

        return taken.IsCompletedSuccessfully;
    }

    private sealed record Batch(
        int? MaxReceiveCount, long ArrivedAt, TimeSpan HiddenFor, CancellationToken Stop, CancellationToken Abandon)
    {
        private readonly CancellationTokenSource _stopping = CancellationTokenSource.CreateLinkedTokenSource(Stop);

        public CancellationToken Stopping => _stopping.Token;
        public Exception? StoreFailure { get; private set; }

        /// <summary>Starts no more work after the store has failed, because it would fail too and use up the function's time.</summary>
        public void StopFor(Exception failure)
        {
            StoreFailure ??= failure;
            _stopping.Cancel();
        }
    }
}
