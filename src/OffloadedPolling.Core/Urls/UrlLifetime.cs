namespace OffloadedPolling.Urls;

/// <summary>How long a status URL should work: as short as is safe.</summary>
internal static class UrlLifetime
{
    // Short enough to be worth little when it leaks, long enough that a caller with an unknown estimate seldom needs a second one.
    private static readonly TimeSpan _shortest = TimeSpan.FromMinutes(5);

    // Nine of ten operations end before the upper bound; three times that leaves the slow ones and a queue's hiccups room.
    private const double UpperBounds = 3;

    public static TimeSpan For(OperationEstimate? estimate, OffloadedPollingOptions options)
    {
        if (options.UrlLifetime is { } set)
        {
            return set;
        }

        var wanted = estimate is null || estimate.Upper < _shortest / UpperBounds ? _shortest : Multiply(estimate.Upper, options.MaxUrlLifetime);
        return wanted < options.MaxUrlLifetime ? wanted : options.MaxUrlLifetime;
    }

    private static TimeSpan Multiply(TimeSpan upper, TimeSpan most) => upper > most ? most : upper * UpperBounds;
}
