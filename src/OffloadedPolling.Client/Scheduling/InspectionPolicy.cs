namespace OffloadedPolling.Client;

/// <summary>The time of the next poll for every elapsed time of an operation that has not ended.</summary>
/// <remarks>
/// R. E. Barlow, L. C. Hunter and F. Proschan, Optimum checking procedures, 1963: the polls with the lowest cost if each costs as much as
/// <c>price</c> seconds of delay. The solution runs backward over the grid's points (Bellman), because the authors' recurrence from the
/// first poll is unstable, and is valid only for one peak.
/// </remarks>
internal sealed class InspectionPolicy
{
    /// <summary>The maximum interval in seconds after growth, once the operation takes longer than the estimate covers.</summary>
    public const double LongestGrown = 30;

    private readonly double[] _seconds;

    private readonly double[] _next;

    private InspectionPolicy(double[] seconds, double[] next, double meanDelay) =>
        (_seconds, _next, MeanDelay) = (seconds, next, meanDelay);

    /// <summary>Gets the average time in seconds from the end of the operation to its detection.</summary>
    public double MeanDelay { get; }

    /// <summary>Returns the best policy for a price of a poll.</summary>
    /// <param name="grid">The points at which polls may be made.</param>
    /// <param name="price">The price of a poll, in seconds of delay.</param>
    public static InspectionPolicy Solve(InspectionPoints grid, double price)
    {
        var (seconds, ended) = (grid.Seconds, grid.Ended);
        var last = seconds.Length - 1;
        var beyond = grid.KellerInterval(last, price);
        var passed = EndedTime(seconds, ended);
        var (cost, delay, next) = (new double[last + 1], new double[last + 1], new double[last + 1]);
        cost[last] = (1 - ended[last]) * (price + beyond);
        delay[last] = (1 - ended[last]) * beyond / 2;
        next[last] = seconds[last] + beyond;

        // From a later time the next poll is never earlier, so the best poll there bounds the search here.
        var furthest = last;
        for (var i = last - 1; i >= 0; i--)
        {
            var (best, least) = (i + 1, double.MaxValue);
            for (var j = i + 1; j <= furthest; j++)
            {
                if (CostOf(i, j) is var costs && costs < least)
                {
                    (best, least) = (j, costs);
                }
            }

            var poll = best > i + 1 && best < furthest
                ? Lowest(seconds, best, CostOf(i, best - 1), least, CostOf(i, best + 1))
                : seconds[best];
            next[i] = Math.Min(poll, next[i + 1]);
            cost[i] = (price * (1 - ended[i])) + least;
            delay[i] = DelayOf(i, best) + delay[best];
            furthest = best;
        }

        return new InspectionPolicy(seconds, next, delay[0]);

        double DelayOf(int from, int to) => passed[to] - passed[from] - (ended[from] * (seconds[to] - seconds[from]));

        double CostOf(int from, int to) => DelayOf(from, to) + cost[to];
    }

    /// <summary>Returns Keller's policy, which is equally good if polls are close to each other.</summary>
    public static InspectionPolicy Keller(InspectionPoints grid, double price, double meanDelay)
    {
        var seconds = grid.Seconds;
        var next = new double[seconds.Length];
        next[^1] = seconds[^1] + grid.KellerInterval(next.Length - 1, price);
        for (var i = next.Length - 2; i > 0; i--)
        {
            next[i] = Math.Min(seconds[i] + grid.KellerInterval(i, price), next[i + 1]);
        }

        next[0] = next[1];
        return new InspectionPolicy(seconds, next, meanDelay);
    }

    /// <summary>Returns the time of the next poll in seconds, if the operation has not ended at <paramref name="elapsed"/>.</summary>
    public double NextPoll(double elapsed)
    {
        var last = _seconds.Length - 1;
        if (elapsed >= _seconds[last])
        {
            // The operation takes longer than expected, so the interval grows in proportion.
            var interval = _next[last] - _seconds[last];
            return elapsed + Math.Min(interval * elapsed / _seconds[last], Math.Max(interval, LongestGrown));
        }

        var above = Array.BinarySearch(_seconds, elapsed);
        if (above >= 0)
        {
            return _next[above];
        }

        above = ~above;
        var part = (elapsed - _seconds[above - 1]) / (_seconds[above] - _seconds[above - 1]);
        return _next[above - 1] + (part * (_next[above] - _next[above - 1]));
    }

    // ∫F dt up to each point.
    private static double[] EndedTime(double[] seconds, double[] ended)
    {
        var passed = new double[seconds.Length];
        for (var i = 1; i < passed.Length; i++)
        {
            passed[i] = passed[i - 1] + ((ended[i] + ended[i - 1]) / 2 * (seconds[i] - seconds[i - 1]));
        }

        return passed;
    }

    // Interpolates between the points: the minimum of the parabola through the best point and its neighbors.
    private static double Lowest(double[] seconds, int best, double before, double at, double after)
    {
        var (x0, x1, x2) = (seconds[best - 1], seconds[best], seconds[best + 1]);
        var (fall, rise) = ((at - before) / (x1 - x0), (after - at) / (x2 - x1));
        var bend = (rise - fall) / (x2 - x0);
        return bend > 0 ? Math.Clamp(((x0 + x1) / 2) - (fall / (2 * bend)), x0, x2) : x1;
    }
}
