using OffloadedPolling.Client;

namespace OrderClient;

/// <summary>What is counted and measured while orders are placed and followed.</summary>
internal sealed class Figures
{
    private readonly Lock _lock = new();

    private readonly List<TimeSpan> _unnoticed = [];

    private int _posts;

    private int _renewals;

    private int _polls;

    public int Posts => Volatile.Read(ref _posts);

    public int Renewals => Volatile.Read(ref _renewals);

    public int Polls => Volatile.Read(ref _polls);

    /// <summary>How long each end went unnoticed, by the servers' clocks.</summary>
    public IReadOnlyList<TimeSpan> Unnoticed
    {
        get
        {
            lock (_lock)
            {
                return [.. _unnoticed];
            }
        }
    }

    /// <summary>Where status URLs lead; <see langword="null"/> while none is known.</summary>
    public Uri? StatusUrls { get; private set; }

    public void CountPost() => Interlocked.Increment(ref _posts);

    public void CountRenewal() => Interlocked.Increment(ref _renewals);

    /// <summary>Keeps of a status URL whose it is; the rest is a credential.</summary>
    public void SeeStatusUrl(string url) => StatusUrls ??= new Uri(new Uri(url).GetLeftPart(UriPartial.Authority));

    public void CountPoll(OperationPoll poll)
    {
        Interlocked.Increment(ref _polls);
        if (poll.Unnoticed is { } unnoticed)
        {
            lock (_lock)
            {
                _unnoticed.Add(unnoticed);
            }
        }
    }
}
