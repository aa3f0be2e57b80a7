using OffloadedPolling.Client;

namespace OrderClient;

/// <summary>Counts and measurements while orders are placed and followed.</summary>
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

    /// <summary>Gets the delay from each end to its detection, by the servers' clocks.</summary>
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

    /// <summary>Gets the server of status URLs; <see langword="null"/> if none is known yet.</summary>
    public Uri? StatusUrls { get; private set; }

    public void CountPost() => Interlocked.Increment(ref _posts);

    public void CountRenewal() => Interlocked.Increment(ref _renewals);

    /// <summary>Stores only the server of a status URL, because the rest is a credential.</summary>
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
