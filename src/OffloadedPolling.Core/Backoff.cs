namespace OffloadedPolling;

/// <summary>Exponential delays between attempts, with full jitter, so that writers that collided do not collide again.</summary>
/// <remarks>https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/</remarks>
internal static class Backoff
{
    private static readonly TimeSpan _first = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan _longest = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan _firstRepeat = TimeSpan.FromMilliseconds(500);

    // The longest time for which the end of an outage may go unnoticed.
    private static readonly TimeSpan _longestRepeat = TimeSpan.FromSeconds(5);

    /// <summary>Waits after attempt <paramref name="tries"/>.</summary>
    public static Task DelayAsync(
        TimeProvider time, int tries, CancellationToken cancellationToken, TimeSpan? first = null, TimeSpan? longest = null)
    {
        var most = (first ?? _first) * Math.Pow(2, Math.Min(tries - 1, 20));
        var cap = longest ?? _longest;
        var wait = (most < cap ? most : cap) * Random.Shared.NextDouble();
        return Task.Delay(wait, time, cancellationToken);
    }

    /// <summary>Repeats an action until <paramref name="stop"/> is canceled, with delays after failures.</summary>
    public static async Task RepeatAsync(TimeProvider time, Func<Task> action, Action<Exception> onFailure, CancellationToken stop)
    {
        for (var failures = 0; !stop.IsCancellationRequested;)
        {
            try
            {
                await action().ConfigureAwait(false);
                failures = 0;
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failed)
            {
                // Any exception type: if the loop ended, nothing would run until somebody noticed.
                onFailure(failed);
                await DelayAsync(time, ++failures, stop, _firstRepeat, _longestRepeat)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }
}
