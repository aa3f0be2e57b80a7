namespace OffloadedPolling.Client;

/// <summary>Waits after looks that failed: exponential, with full jitter, so that those who failed together do not meet again.</summary>
/// <remarks>https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/</remarks>
internal static class PollBackoff
{
    private const double FirstSeconds = 1;

    private const double LongestSeconds = 30;

    /// <summary>How long to wait after a failure.</summary>
    /// <param name="before">How many failures came before this one, without a success between.</param>
    /// <param name="random">From 0 to 1, even.</param>
    /// <param name="retryAfter">What the server asks for: the least.</param>
    public static TimeSpan After(int before, double random, TimeSpan? retryAfter)
    {
        var wait = TimeSpan.FromSeconds(Math.Min(FirstSeconds * Math.Pow(2, Math.Min(before, 20)), LongestSeconds) * random);
        return retryAfter > wait ? retryAfter.Value : wait;
    }
}
