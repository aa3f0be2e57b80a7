namespace OffloadedPolling.Accepting;

/// <summary>
/// Refuses the accepts of a kind for some seconds after several in a row have run into their deadline, so that a store or queue that answers
/// nothing does not hold every request for that long. Afterwards one accept tries; the others are refused until it has an answer.
/// </summary>
internal sealed class AcceptGate
{
    /// <summary>How many accepts in a row may run into their deadline.</summary>
    public const int MaxInARow = 5;

    private readonly Lock _lock = new();

    private int _inARow;

    private long _shutAt;

    private bool _isTrying;

    /// <summary>How long accepts are refused before one may try.</summary>
    public static TimeSpan Pause { get; } = TimeSpan.FromSeconds(5);

    /// <summary>Asks for an accept to begin. One that may must <see cref="Leave"/>.</summary>
    public AcceptEntry Enter(TimeProvider time)
    {
        lock (_lock)
        {
            if (_inARow < MaxInARow)
            {
                return AcceptEntry.Granted;
            }

            var left = Pause - time.GetElapsedTime(_shutAt);
            if (left > TimeSpan.Zero || _isTrying)
            {
                return new AcceptEntry(IsGranted: false, IsTrial: false, left > TimeSpan.Zero ? left : TimeSpan.Zero);
            }

            _isTrying = true;
            return AcceptEntry.Trial;
        }
    }

    /// <summary>Takes how an accept ended that had entered, and returns what the gate does from now on.</summary>
    public AcceptGateChange Leave(AcceptEntry entry, AcceptEnd end, TimeProvider time)
    {
        lock (_lock)
        {
            var wasShut = _inARow >= MaxInARow;
            _isTrying &= !entry.IsTrial;
            if (end == AcceptEnd.Answered)
            {
                _inARow = 0;
                return wasShut ? AcceptGateChange.Opened : AcceptGateChange.None;
            }

            // Accepts that began before the gate was shut do not keep it shut for longer.
            if (end == AcceptEnd.Withdrawn || (wasShut && !entry.IsTrial))
            {
                return AcceptGateChange.None;
            }

            _inARow++;
            _shutAt = time.GetTimestamp();
            return !wasShut && _inARow >= MaxInARow ? AcceptGateChange.Shut : AcceptGateChange.None;
        }
    }
}

/// <summary>Whether an accept may begin.</summary>
/// <param name="IsGranted">Whether it may.</param>
/// <param name="IsTrial">Whether it is the one that tries while the others are refused.</param>
/// <param name="TryIn">How long until the next may try; zero while one tries.</param>
internal readonly record struct AcceptEntry(bool IsGranted, bool IsTrial, TimeSpan TryIn)
{
    public static AcceptEntry Granted { get; } = new(IsGranted: true, IsTrial: false, TimeSpan.Zero);

    public static AcceptEntry Trial { get; } = new(IsGranted: true, IsTrial: true, TimeSpan.Zero);
}

/// <summary>How an accept ended, as far as the gate is concerned.</summary>
internal enum AcceptEnd
{
    /// <summary>Says nothing about the store: the caller hung up, or no request was sent.</summary>
    Withdrawn,

    /// <summary>Store or queue answered in time, if only with an error.</summary>
    Answered,

    /// <summary>It ran into its deadline.</summary>
    RanOut,
}

/// <summary>What an accept's end changed.</summary>
internal enum AcceptGateChange
{
    None,

    /// <summary>Accepts are refused from now on.</summary>
    Shut,

    /// <summary>Accepts begin again.</summary>
    Opened,
}
