namespace OffloadedPolling.Processing;

/// <summary>The bound on handlers that run at once, and on messages held for them.</summary>
internal sealed class HandlerSlots(int maxConcurrency, TimeProvider time) : IDisposable
{
    private readonly SemaphoreSlim _slots = new(maxConcurrency, maxConcurrency);
    private readonly ReceiveAhead _ahead = new(maxConcurrency);
    private volatile TaskCompletionSource _dropped = NewSignal();
    private int _held;

    /// <summary>How many handlers may run at once.</summary>
    public int Max => maxConcurrency;

    /// <summary>Messages received and not yet disposed of.</summary>
    public int Held => Volatile.Read(ref _held);

    /// <summary>Waits until there is room for messages, and returns how many to receive.</summary>
    public async Task<int> WaitForRoomAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            // Before the count: a message that is disposed of meanwhile completes it.
            var dropped = _dropped.Task;
            if (_ahead.MostToReceive(Held) is var most and > 0)
            {
                return most;
            }

            await dropped.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Completes when no message is held any more.</summary>
    public async Task WhenAllEnded()
    {
        for (var dropped = _dropped.Task; Held > 0; dropped = _dropped.Task)
        {
            await dropped.ConfigureAwait(false);
        }
    }

    /// <summary>Counts a message as held.</summary>
    public void Hold() => Interlocked.Increment(ref _held);

    /// <summary>Counts a message as disposed of.</summary>
    public void Drop()
    {
        Interlocked.Decrement(ref _held);
        Interlocked.Exchange(ref _dropped, NewSignal()).SetResult();
    }

    /// <summary>Waits for a slot. Dispose of it to give it back.</summary>
    public async Task<HandlerSlot> TakeAsync(CancellationToken cancellationToken)
    {
        await _slots.WaitAsync(cancellationToken).ConfigureAwait(false);
        return new HandlerSlot(this, time);
    }

    public void Dispose() => _slots.Dispose();

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void GiveBack(HandlerSlot slot)
    {
        // Only runs tell how fast the handlers are.
        if (slot.HasRun)
        {
            _ahead.Record(slot.Elapsed);
        }

        _slots.Release();
    }

    /// <summary>The right to run one handler.</summary>
    internal sealed class HandlerSlot(HandlerSlots slots, TimeProvider time) : IDisposable
    {
        private readonly long _takenAt = time.GetTimestamp();

        /// <summary>Whether a handler ran.</summary>
        public bool HasRun { get; set; }

        public TimeSpan Elapsed => time.GetElapsedTime(_takenAt);

        public void Dispose() => slots.GiveBack(this);
    }
}

/// <summary>
/// How many messages a worker may hold beyond those that its handlers run: as many as will begin within a second at the pace of its slower
/// runs. Fast handlers are fed ten messages a request; slow ones do not keep messages from other workers.
/// </summary>
internal sealed class ReceiveAhead(int maxConcurrency)
{
    /// <summary>The most messages in one SQS request.</summary>
    public const int MaxBatch = 10;

    private const int MaxAhead = 2 * MaxBatch;
    private static readonly TimeSpan _longestWait = TimeSpan.FromSeconds(1);

    // A slow run counts at once, and is forgotten over some twenty fast ones: a message that waits behind it waits for all of it.
    private const double Newest = 0.1;

    private readonly Lock _lock = new();
    private double _seconds = double.PositiveInfinity;

    /// <summary>Takes the duration of a run.</summary>
    public void Record(TimeSpan duration)
    {
        var newest = duration.TotalSeconds;
        lock (_lock)
        {
            _seconds = double.IsInfinity(_seconds) ? newest : Math.Max(newest, (Newest * newest) + ((1 - Newest) * _seconds));
        }
    }

    /// <summary>Returns how many messages to ask for while <paramref name="held"/> are held; 0: wait until one is done.</summary>
    public int MostToReceive(int held)
    {
        var ahead = (int)Math.Min(MaxAhead, maxConcurrency * _longestWait.TotalSeconds / Math.Max(Volatile.Read(ref _seconds), 0.001));
        var room = maxConcurrency + ahead - held;

        // With handlers to feed at once, one message is worth a request; otherwise it is worth waiting for half of what may be held ahead.
        var least = held < maxConcurrency ? 1 : Math.Clamp(ahead / 2, 1, MaxBatch);
        return room >= least ? Math.Min(room, MaxBatch) : 0;
    }
}
