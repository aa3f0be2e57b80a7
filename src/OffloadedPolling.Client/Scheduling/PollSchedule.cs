namespace OffloadedPolling.Client;

/// <summary>
/// Says when to poll a status document next: as seldom as a mean delay allows, given when the operation is likely to be done. It has no
/// clock, no randomness and no state.
/// </summary>
/// <remarks>
/// The polls are the optimal inspections of a random lifetime (Barlow, Hunter and Proschan, 1963), solved numerically over the estimate's
/// distribution. Without an estimate, the intervals grow slowly with the time that has passed. Creating a schedule takes up to a few
/// milliseconds, so keep it as long as the document's estimate stays the same. Thread-safe.
/// </remarks>
public sealed class PollSchedule
{
    // The number of points between two polls.
    private const int PointsPerPoll = 8;

    private const int MinPoints = 192;

    private const int MaxPoints = 4096;

    private const int MaxTries = 24;

    // On a plateau, where the same polls are the best at very different prices, it takes big steps.
    private const int FewTries = 3;

    private const double BigStep = 0.1;

    private const double Tolerance = 0.003;

    // Operations that take longer than estimated are polled, too: beyond the 99 % quantile, durations are assumed to spread at least this
    // far, as the standard deviation of their logarithm.
    private const double Tail = 0.7;

    private const double MinInterval = 0.01;

    // A year: as good as forever, and still a TimeSpan whatever is added to it.
    private const double MaxInterval = 31_536_000;

    private readonly InspectionPolicy? _policy;

    private readonly double _target;

    /// <summary>Creates the schedule of an estimate.</summary>
    /// <param name="estimate">The estimate in the status document; <see langword="null"/> if unknown.</param>
    /// <param name="targetDelay">
    /// How long the end may go unnoticed on average; more than 0. The mean delay is shorter where fewer polls would exceed it.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="targetDelay"/> is not more than 0.</exception>
    public PollSchedule(OperationEstimate? estimate, TimeSpan targetDelay)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(targetDelay, TimeSpan.Zero);
        _target = targetDelay.TotalSeconds;
        _policy = DurationDistribution.From(estimate, Tail) is { } durations && new InspectionGrid(durations) is { IsEmpty: false } grid
            ? Solve(grid, _target)
            : null;
    }

    /// <summary>Gets the schedule's mean delay in seconds if the estimate is right; NaN if it is unknown.</summary>
    internal double MeanDelay => _policy?.MeanDelay ?? double.NaN;

    /// <summary>Returns the default target delay: 5 % of the median, between 0.5 s and 10 s; 0.5 s if the median is unknown.</summary>
    /// <param name="estimate">The estimate, or <see langword="null"/> if unknown.</param>
    /// <returns>The delay.</returns>
    public static TimeSpan DefaultTargetDelay(OperationEstimate? estimate) =>
        TimeSpan.FromSeconds(Math.Clamp((estimate?.Median.TotalSeconds ?? 0) / 20, 0.5, 10));

    /// <summary>Returns how long to wait before the next poll, if the operation is still under way.</summary>
    /// <param name="elapsed">The time since the document with the estimate was written. Less than 0 counts as 0.</param>
    /// <returns>The delay; more than 0.</returns>
    public TimeSpan NextDelay(TimeSpan elapsed)
    {
        var seconds = Math.Max(elapsed.TotalSeconds, 0);
        var delay = _policy is null
            ? Math.Min((2 * _target) + (seconds / 4), Math.Max(InspectionPolicy.LongestGrown, 2 * _target))
            : _policy.NextPoll(seconds) - seconds;
        return TimeSpan.FromSeconds(Math.Clamp(delay, MinInterval, MaxInterval));
    }

    private static InspectionPolicy Solve(InspectionGrid grid, double target)
    {
        // The price of Keller's polls, to begin with.
        var price = 2 * Math.Pow(target / grid.MeanSpread, 2);
        var polls = grid.Length / Math.Sqrt(2 * price);
        if (PointsPerPoll * polls > MaxPoints)
        {
            return InspectionPolicy.Keller(grid.Points(MaxPoints), price, target);
        }

        // Where the distribution leaps, so few points may be too few for any price to reach the target.
        for (var count = (int)Math.Max(PointsPerPoll * polls, MinPoints); ; count *= 2)
        {
            var points = grid.Points(count);
            var policy = FindPrice(target, price, candidate => InspectionPolicy.Solve(points, candidate));
            if (policy.MeanDelay <= target * (1 + Tolerance) || 2 * count > MaxPoints)
            {
                return policy;
            }
        }
    }

    /// <summary>
    /// Searches the price at which the mean delay is the target. The delay may leap over it, where one poll more or less catches a whole
    /// peak: then the highest price whose delay is not longer.
    /// </summary>
    private static InspectionPolicy FindPrice(double target, double price, Func<double, InspectionPolicy> solve)
    {
        InspectionPolicy? best = null;
        InspectionPolicy policy;
        var (tooLow, tooHigh) = (0d, double.PositiveInfinity);
        var tries = 0;
        do
        {
            policy = solve(price);
            if (policy.MeanDelay <= target * (1 + Tolerance))
            {
                (best, tooLow) = (policy, price);
            }
            else
            {
                tooHigh = price;
            }

            // The delay grows about as the root of the price.
            var guess = price * Math.Clamp(Math.Pow(target / policy.MeanDelay, 2), 0.1, 10);
            price = best is null && tries >= FewTries ? price * BigStep
                : guess > tooLow * 1.005 && guess < tooHigh / 1.005 ? guess
                : Math.Sqrt(tooLow * tooHigh);
        }
        while (++tries < MaxTries && Math.Abs((policy.MeanDelay / target) - 1) >= Tolerance && tooHigh / tooLow >= 1.02);

        return best ?? policy;
    }
}
