namespace OffloadedPolling;

/// <summary>Waits between tries: exponential, with full jitter, so that those who collided do not meet again.</summary>
/// <remarks>https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/</remarks>
internal static class Backoff
{
    private static readonly TimeSpan _first = TimeSpan.FromMilliseconds(20);

    private static readonly TimeSpan _longest = TimeSpan.FromSeconds(20);

    /// <summary>Waits before try <paramref name="tries"/> + 1.</summary>
    public static Task DelayAsync(
        TimeProvider time, int tries, CancellationToken cancellationToken, TimeSpan? first = null, TimeSpan? longest = null)
    {
        var most = (first ?? _first) * Math.Pow(2, Math.Min(tries - 1, 20));
        var cap = longest ?? _longest;
        var wait = (most < cap ? most : cap) * Random.Shared.NextDouble();
        return Task.Delay(wait, time, cancellationToken);
    }
}
