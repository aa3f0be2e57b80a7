using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OffloadedPolling.Diagnostics;

namespace OffloadedPolling.Accepting;

/// <summary>
/// Refuses the accepts of a kind for some seconds after several in a row have run into their deadline, so that a store or queue that does
/// not answer does not hold every request for that long. Afterwards one accept tries; the others are refused until it has an answer.
/// </summary>
internal sealed class AcceptGate(string kind, IOptions<OffloadedPollingOptions> options, TimeProvider time, ILogger<AcceptGate> logger)
{
    // So many accepts in a row may run into their deadline.
    private const int MaxInARow = 5;

    private readonly Lock _lock = new();
    private int _inARow;
    private long _shutAt;
    private bool _isTrying;

    public string Kind => kind;
    public TimeProvider Time => time;
    public TimeSpan Timeout => options.Value.AcceptTimeout;

    /// <summary>How long accepts are refused before one may try.</summary>
    public static TimeSpan Pause { get; } = TimeSpan.FromSeconds(5);

    /// <summary>Begins an accept, which is disposed of when it ends.</summary>
    /// <exception cref="OperationStoreException">Accepts of the kind are refused for the moment.</exception>
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

    /// <summary>Ends an accept; <paramref name="isTrial"/> tells the one that tried while the others were refused.</summary>
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
                // Accepts that began before the gate was shut do not keep it shut for longer.
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
        var next = left > TimeSpan.Zero ? $"The next one tries in {left}." : "One is trying now, and its answer decides.";
        return new(
            $"Operations of kind '{kind}' are not accepted at the moment: the last {MaxInARow} accepts in a row ran into AcceptTimeout "
            + $"({Timeout}), because store or queue did not answer. {next}");
    }
}

/// <summary>How an accept ended, as far as the gate is concerned.</summary>
internal enum AcceptEnd
{
    /// <summary>Says nothing about the store: the caller hung up, or no request was sent.</summary>
    Withdrawn,

    /// <summary>Store or queue answered in time, if only with an error.</summary>
    Answered,

    RanOut,
}
