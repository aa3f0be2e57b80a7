using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OffloadedPolling.Diagnostics;

namespace OffloadedPolling.Accepting;

/// <summary>
/// Refuses the accepts of a kind for some seconds after several in a row have exceeded their deadline. Then one accept is tried, and the
/// others are refused until it has an answer. Without this, a store or queue that does not answer would hold every request for that long.
/// </summary>
internal sealed class AcceptGate(string kind, IOptions<OffloadedPollingOptions> options, TimeProvider time, ILogger<AcceptGate> logger)
{
    // The number of accepts in a row that may exceed their deadline.
    private const int MaxInARow = 5;

    private readonly Lock _lock = new();
    private int _inARow;
    private long _shutAt;
    private bool _isTrying;

    public string Kind => kind;
    public TimeProvider Time => time;
    public TimeSpan Timeout => options.Value.AcceptTimeout;

    /// <summary>The time for which accepts are refused before one is tried.</summary>
    public static TimeSpan Pause { get; } = TimeSpan.FromSeconds(5);

    /// <summary>Starts an accept. Dispose of it when it ends.</summary>
    /// <exception cref="OperationStoreException">Accepts of the kind are temporarily refused.</exception>
    public AcceptDeadline Enter(CancellationToken caller)
    {
        lock (_lock)
        {
            var isTrial = _inARow >= MaxInARow;
            if (isTrial)
            {
                var left = Pause - time.GetElapsedTime(_shutAt);
                if (left > TimeSpan.Zero || _isTrying)
                {
                    throw Refused(left);
                }

                _isTrying = true;
            }

            return new AcceptDeadline(this, isTrial, new CancellationTokenSource(Timeout, time), caller);
        }
    }

    /// <summary>Ends an accept. <paramref name="isTrial"/> is true for the one that was tried while the others were refused.</summary>
    public void Leave(bool isTrial, AcceptEnd end)
    {
        bool wasShut, isShut;
        lock (_lock)
        {
            wasShut = _inARow >= MaxInARow;
            _isTrying &= !isTrial;
            if (end == AcceptEnd.Answered)
            {
                _inARow = 0;
            }
            else if (end == AcceptEnd.RanOut && (isTrial || !wasShut))
            {
                // Accepts that started before the gate was shut do not keep it shut longer.
                _inARow++;
                _shutAt = time.GetTimestamp();
            }

            isShut = _inARow >= MaxInARow;
        }

        if (isShut && !wasShut)
        {
            Log.AcceptsShut(logger, kind, MaxInARow, Timeout, Pause);
        }
        else if (wasShut && !isShut)
        {
            Log.AcceptsOpened(logger, kind);
        }
    }

    private OperationStoreException Refused(TimeSpan left)
    {
        var next = left > TimeSpan.Zero ? $"The next one is tried in {left}." : "One is being tried now.";
        return new(
            $"Operations of kind '{kind}' are temporarily not accepted: the last {MaxInARow} accepts exceeded AcceptTimeout "
            + $"({Timeout}), because the store, the source of credentials or the queue did not answer. {next}");
    }
}

/// <summary>How an accept ended, as seen by the gate.</summary>
internal enum AcceptEnd
{
    /// <summary>The result says nothing about the store: the caller disconnected, or no request was sent.</summary>
    Withdrawn,

    /// <summary>The store or the queue answered in time, possibly with an error.</summary>
    Answered,

    RanOut,
}
