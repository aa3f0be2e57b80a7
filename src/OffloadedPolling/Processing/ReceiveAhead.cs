namespace OffloadedPolling.Processing;

/// <summary>
/// How many messages a worker may hold beyond those that its handlers run: as many as will begin within a second, by the handlers' recent
/// pace. Fast handlers are fed ten messages a request; slow ones do not keep messages from other workers.
/// </summary>
internal sealed class ReceiveAhead(int maxConcurrency)
{
    /// <summary>The most messages in one SQS request.</summary>
    public const int MaxBatch = 10;

    private const int MaxAhead = 2 * MaxBatch;

    private static readonly TimeSpan _longestWait = TimeSpan.FromSeconds(1);

    // The weight of the newest duration: the last ten or so count.
    private const double Newest = 0.2;

    private double _seconds = double.PositiveInfinity;

    public void Record(TimeSpan duration)
    {
        var seconds = Volatile.Read(ref _seconds);
        Volatile.Write(ref _seconds, double.IsInfinity(seconds) ? duration.TotalSeconds : (Newest * duration.TotalSeconds) + ((1 - Newest) * seconds));
    }

    /// <summary>How many messages to ask for while <paramref name="held"/> are held; 0: wait until one is done.</summary>
    public int MostToReceive(int held)
    {
        var ahead = (int)Math.Min(MaxAhead, maxConcurrency * _longestWait.TotalSeconds / Math.Max(Volatile.Read(ref _seconds), 0.001));
        var room = maxConcurrency + ahead - held;

        // With handlers to feed at once, one message is worth a request; otherwise it is worth waiting for half of what may be held ahead.
        var least = held < maxConcurrency ? 1 : Math.Clamp(ahead / 2, 1, MaxBatch);
        return room >= least ? Math.Min(room, MaxBatch) : 0;
    }
}
