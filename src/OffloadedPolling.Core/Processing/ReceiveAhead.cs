namespace OffloadedPolling.Processing;

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

    private double _seconds = double.PositiveInfinity;

    /// <summary>Takes the duration of a run.</summary>
    public void Record(TimeSpan duration)
    {
        var newest = duration.TotalSeconds;
        _seconds = double.IsInfinity(_seconds) ? newest : Math.Max(newest, (Newest * newest) + ((1 - Newest) * _seconds));
    }

    /// <summary>Returns how many messages to ask for while <paramref name="held"/> are held; 0: wait until one is done.</summary>
    public int MostToReceive(int held)
    {
        var ahead = (int)Math.Min(MaxAhead, maxConcurrency * _longestWait.TotalSeconds / Math.Max(_seconds, 0.001));
        var room = maxConcurrency + ahead - held;

        // With handlers to feed at once, one message is worth a request; otherwise it is worth waiting for half of what may be held ahead.
        var least = held < maxConcurrency ? 1 : Math.Clamp(ahead / 2, 1, MaxBatch);
        return room >= least ? Math.Min(room, MaxBatch) : 0;
    }
}
