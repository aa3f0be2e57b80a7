namespace OffloadedPolling.Client;

/// <summary>
/// When to look at a status document next: as seldom as a mean delay allows, given when the operation is likely done. No clock, no
/// randomness, no state: the same question has the same answer.
/// </summary>
/// <remarks>
/// The looks are the optimal inspections of a random lifetime (Barlow, Hunter and Proschan, 1963), solved numerically over the estimate's
/// distribution. Without an estimate the intervals grow gently with the time that has passed. Making a schedule takes a fraction of a
/// millisecond to a few, asking it nothing: keep it for as long as the document's estimate stands. Thread-safe.
/// </remarks>
public sealed class PollSchedule
{
    // How many points stand between two looks.
    private const int PointsPerLook = 8;

    private const int MinPoints = 192;

    private const int MaxPoints = 4096;

    private const int MaxTries = 24;

    // Over a plateau, where the same looks are the best at very different prices, it goes in big steps.
    private const int FewTries = 3;

    private const double BigStep = 0.1;

    private const double Tolerance = 0.003;

    // Whoever outlives the estimate is looked after all the same: beyond the 99 % quantile the durations are taken as spread out at least so
    // far, as standard deviation of their logarithm.
    private const double Tail = 0.7;

    private const double MinInterval = 0.01;

    // A year: as good as for ever, and still a TimeSpan with whatever is added to it.
    private const double MaxInterval = 31_536_000;

    private readonly InspectionPolicy? _policy;

    private readonly double _target;

    /// <summary>Creates the schedule of one estimate.</summary>
    /// <param name="estimate">When the operation is likely done, as its status document says; <see langword="null"/> if unknown.</param>
    /// <param name="targetDelay">
    /// The mean time for which the end may go unnoticed; over 0. Looks are not made in vain to use it up: where fewer cannot come closer, the
    /// delay is shorter.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="targetDelay"/> is not over 0.</exception>
    public PollSchedule(OperationEstimate? estimate, TimeSpan targetDelay)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(targetDelay, TimeSpan.Zero);
        _target = targetDelay.TotalSeconds;
        _policy = DurationDistribution.Of(estimate, Tail) is { } durations && new InspectionGrid(durations) is { IsEmpty: false } grid
            ? Solve(grid, _target)
            : null;
    }

    /// <summary>The mean delay in seconds that the schedule has if the estimate is right; NaN if it is unknown.</summary>
    internal double MeanDelay => _policy?.MeanDelay ?? double.NaN;

    /// <summary>What a caller may be expected to accept who does not say: 5 % of the median, within 0.5 s and 10 s; 0.5 s if it is unknown.</summary>
    /// <param name="estimate">The estimate, or <see langword="null"/> if unknown.</param>
    /// <returns>The delay.</returns>
    public static TimeSpan DefaultTargetDelay(OperationEstimate? estimate) =>
        TimeSpan.FromSeconds(Math.Clamp((estimate?.Median.TotalSeconds ?? 0) / 20, 0.5, 10));

    /// <summary>How long to wait before the next look, when the operation is still under way.</summary>
    /// <param name="elapsed">The time since the document with the estimate was written. Below 0 counts as 0.</param>
    /// <returns>Over 0.</returns>
    public TimeSpan NextDelay(TimeSpan elapsed)
    {
        var seconds = Math.Max(elapsed.TotalSeconds, 0);
        var delay = _policy is null
            ? Math.Min((2 * _target) + (seconds / 4), Math.Max(InspectionPolicy.LongestGrown, 2 * _target))
            : _policy.NextLook(seconds) - seconds;
        return TimeSpan.FromSeconds(Math.Clamp(delay, MinInterval, MaxInterval));
    }

    private static InspectionPolicy Solve(InspectionGrid grid, double target)
    {
        // What Keller's looks would cost, to begin with.
        var price = 2 * Math.Pow(target / grid.MeanSpread, 2);
        var looks = grid.Length / Math.Sqrt(2 * price);
        if (PointsPerLook * looks > MaxPoints)
        {
            return InspectionPolicy.Keller(grid.Points(MaxPoints), price, target);
        }

        // Where the distribution leaps, so few points may be too few for any price to come so close.
        for (var count = (int)Math.Max(PointsPerLook * looks, MinPoints); ; count *= 2)
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
    /// Looks for the price at which the mean delay is the target. It may leap over it, where one look more or less catches a whole peak: the
    /// highest price then whose delay is not longer.
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
