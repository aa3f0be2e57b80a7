namespace OffloadedPolling.Client;

/// <summary>
/// Calculates when to poll a status document next. It uses as few polls as an average delay allows, given the operation's estimate.
/// </summary>
/// <remarks>
/// <para>
/// The polls are the optimal inspections of a random lifetime (Barlow, Hunter and Proschan, 1963), solved numerically over the estimate's
/// distribution. Without an estimate, the intervals grow slowly with the elapsed time.
/// </para>
/// <para>
/// This type is thread-safe. It has no clock, no randomness and no state. Creating a schedule can take a few milliseconds, so reuse it
/// until the document's estimate changes.
/// </para>
/// </remarks>
public sealed class PollSchedule
{
    // The number of points between two polls.
    private const int PointsPerPoll = 8;

    private const int MinPoints = 192;

    private const int MaxPoints = 4096;

    private const int MaxTries = 24;

    // On a plateau, where the same polls are best at very different prices, the search takes big steps.
    private const int FewTries = 3;

    private const double BigStep = 0.1;

    private const double Tolerance = 0.003;

    // Operations that take longer than estimated are also polled. Beyond the 99 % quantile, durations are assumed to spread at least this
    // far, as the standard deviation of their logarithm.
    private const double Tail = 0.7;

    private const double MinInterval = 0.01;

    // A year: practically forever, and adding to it does not overflow a TimeSpan.
    private const double MaxInterval = 31_536_000;

    private readonly InspectionPolicy? _policy;

    private readonly double _target;

    /// <summary>Initializes a new instance of the <see cref="PollSchedule"/> class.</summary>
    /// <param name="estimate">The estimate in the status document; <see langword="null"/> if unknown.</param>
    /// <param name="targetDelay">
    /// The maximum average delay from the end of the operation to the poll that detects it; more than 0. The average can be shorter if
    /// one poll fewer would exceed it.
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

    /// <summary>Gets the schedule's mean delay in seconds, assuming that the estimate is right; NaN if it is unknown.</summary>
    internal double MeanDelay => _policy?.MeanDelay ?? double.NaN;

    /// <summary>Returns the default target delay: 5 % of the median, between 0.5 s and 10 s; 0.5 s if the median is unknown.</summary>
    /// <param name="estimate">The estimate; <see langword="null"/> if unknown.</param>
    /// <returns>The delay.</returns>
    public static TimeSpan DefaultTargetDelay(OperationEstimate? estimate) =>
        TimeSpan.FromSeconds(Math.Clamp((estimate?.Median.TotalSeconds ?? 0) / 20, 0.5, 10));

    /// <summary>Returns the time to wait before the next poll of an operation that has not ended.</summary>
    /// <param name="elapsed">
    /// The time since the document with the estimate was written; without an estimate, the time since the operation was accepted. A
    /// negative value counts as 0.
    /// </param>
    /// <returns>The time to wait; more than 0.</returns>
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
        // Start with the price of Keller's polls.
        var price = 2 * Math.Pow(target / grid.MeanSpread, 2);
        var polls = grid.Length / Math.Sqrt(2 * price);
        if (PointsPerPoll * polls > MaxPoints)
        {
            return InspectionPolicy.Keller(grid.Points(MaxPoints), price, target);
        }

        // Where the distribution has a gap, this may be too few points for any price to reach the target.
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
    /// Finds the price at which the mean delay equals the target. If the delay jumps past the target, because one poll more or less covers
    /// a whole peak, returns the highest price whose delay is not longer.
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

            // The delay grows roughly with the square root of the price.
            var guess = price * Math.Clamp(Math.Pow(target / policy.MeanDelay, 2), 0.1, 10);
            price = best is null && tries >= FewTries ? price * BigStep
                : guess > tooLow * 1.005 && guess < tooHigh / 1.005 ? guess
                : Math.Sqrt(tooLow * tooHigh);
        }
        while (++tries < MaxTries && Math.Abs((policy.MeanDelay / target) - 1) >= Tolerance && tooHigh / tooLow >= 1.02);

        return best ?? policy;
    }
}
