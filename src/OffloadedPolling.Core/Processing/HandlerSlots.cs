namespace OffloadedPolling.Processing;

/// <summary>Limits the number of handlers that run at once, and of messages that are held for them.</summary>
internal sealed class HandlerSlots(int maxConcurrency, TimeProvider time) : IDisposable
{
    private readonly SemaphoreSlim _slots = new(maxConcurrency, maxConcurrency);
    private readonly ReceiveAhead _ahead = new(maxConcurrency);
    private volatile TaskCompletionSource _dropped = NewSignal();
    private int _held;

    public int Max => maxConcurrency;

    /// <summary>The number of messages that were received and are not yet settled.</summary>
    public int Held => Volatile.Read(ref _held);

    /// <summary>Waits until there is room for messages, and returns the number of messages to receive.</summary>
    public async Task<int> WaitForRoomAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            // Read before the count: a message that is settled in the meantime completes it.
            var dropped = _dropped.Task;
            if (_ahead.MostToReceive(Held) is var most and > 0)
            {
                return most;
            }

            await dropped.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    public async Task WhenAllEnded()
    {
        for (var dropped = _dropped.Task; Held > 0; dropped = _dropped.Task)
        {
            await dropped.ConfigureAwait(false);
        }
    }

    public void Hold() => Interlocked.Increment(ref _held);

    public void Drop()
    {
        Interlocked.Decrement(ref _held);
        Interlocked.Exchange(ref _dropped, NewSignal()).SetResult();
    }

    public async Task<HandlerSlot> TakeAsync(CancellationToken cancellationToken)
    {
        await _slots.WaitAsync(cancellationToken).ConfigureAwait(false);
        return new HandlerSlot(this, time);
    }

    public void Dispose() => _slots.Dispose();

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The permission to run one handler. Dispose of it to return it.</summary>
    internal sealed class HandlerSlot(HandlerSlots slots, TimeProvider time) : IDisposable
    {
        private readonly long _takenAt = time.GetTimestamp();

        /// <summary>Whether a handler ran. Only runs show the speed of the handlers.</summary>
        public bool HasRun { get; set; }

        public void Dispose()
        {
            if (HasRun)
            {
                slots._ahead.Record(time.GetElapsedTime(_takenAt));
            }

            slots._slots.Release();
        }
    }
}

/// <summary>
/// Calculates how many messages to receive before a handler is free: those that are expected to start within a second. Messages for fast
/// handlers are received ahead, ten per request. Messages for slow handlers stay in the queue, where another worker can receive them.
/// </summary>
internal sealed class ReceiveAhead(int maxConcurrency)
{
    /// <summary>The maximum number of messages in one SQS request.</summary>
    public const int MaxBatch = 10;

    private const int MaxAhead = 2 * MaxBatch;
    private const double LongestWaitSeconds = 1;

    // The weight of a run that is faster than the average. A slower run replaces the average immediately, because a message behind it waits
    // for all of it. Its influence disappears over about twenty fast runs.
    private const double Newest = 0.1;

    private readonly Lock _lock = new();
    private double _seconds = double.PositiveInfinity;

    public void Record(TimeSpan duration)
    {
        var newest = duration.TotalSeconds;
        lock (_lock)
        {
            _seconds = double.IsInfinity(_seconds) ? newest : Math.Max(newest, (Newest * newest) + ((1 - Newest) * _seconds));
        }
    }

    /// <summary>Returns the number of messages to receive while <paramref name="held"/> are held; 0 to wait until one is settled.</summary>
    public int MostToReceive(int held)
    {
        var ahead = (int)Math.Min(MaxAhead, maxConcurrency * LongestWaitSeconds / Math.Max(Volatile.Read(ref _seconds), 0.001));
        var room = maxConcurrency + ahead - held;

        // For a free handler, even one message is worth a request. Otherwise, wait for room for half of the messages ahead.
        var least = held < maxConcurrency ? 1 : Math.Clamp(ahead / 2, 1, MaxBatch);
        return room >= least ? Math.Min(room, MaxBatch) : 0;
    }
}
