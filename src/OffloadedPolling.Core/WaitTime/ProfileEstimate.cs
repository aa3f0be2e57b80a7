namespace OffloadedPolling.WaitTime;

/// <summary>Estimates the duration of the work from a profile and, while it has few durations, from the prior.</summary>
/// <remarks>
/// The fewer the durations, the more the histogram is smoothed, with a Gaussian kernel of Silverman's width (Density Estimation, 1986,
/// 3.4). The width follows from the narrowest half of the durations, so that two peaks stay two.
/// </remarks>
internal static class ProfileEstimate
{
    // After this number of durations, the prior counts for two thirds. Then its weight decreases with their square.
    private const double Trust = 5;

    private const double KernelWidth = 0.9;

    // The width of the narrowest half of a normal distribution, in standard deviations.
    private const double HalfWidth = 1.349;

    // Assumed if nothing is configured and few durations are measured: two of three are within a factor of e.
    private const double UnknownSigma = 1;

    private static readonly double[] _shares = [.. Enumerable.Range(0, 200).Select(part => (part + 0.5) / 200)];

    /// <summary>Returns the estimate and the moments of its durations; those of the prior if nothing was measured.</summary>
    public static (OperationEstimate? Estimate, DurationMoments Moments) Combine(DurationProfile? profile, OperationEstimate? prior)
    {
        if (profile is not { Evidence: > 0 and var evidence, Histogram: var histogram })
        {
            return (prior, prior is null ? default : DurationMoments.From(prior));
        }

        var weights = Smooth(histogram, KernelWidth * NarrowestHalf(histogram) / HalfWidth * Math.Pow(2 * evidence, -0.2));
        var median = SecondsAt(weights, 0.5);
        prior ??= LogNormal.Estimate(TimeSpan.FromSeconds(median), UnknownSigma);
        var share = Trust / (Trust + (evidence * evidence / (2 * Trust)));
        weights = Array.ConvertAll(weights, weight => weight * (1 - share));
        foreach (var duration in prior.QuantilesAt(_shares))
        {
            weights[DurationHistogram.BinOf(duration)] += share / _shares.Length;
        }

        var estimate = new OperationEstimate
        {
            Median = Duration(weights, 0.5),
            Upper = Duration(weights, 0.9),
            Quantiles = [.. OperationEstimate.QuantileLevels.Select(level => Duration(weights, level))],
        };
        return (estimate, DurationMoments.From(weights.Select((weight, bin) => (MiddleOf(bin), weight))));
    }

    private static double MiddleOf(int bin) =>
        Math.Sqrt(DurationHistogram.LowerBoundSeconds(bin) * DurationHistogram.LowerBoundSeconds(bin + 1));

    /// <summary>Returns the width, in bins, of the narrowest interval that contains half of the durations.</summary>
    private static double NarrowestHalf(DurationHistogram histogram)
    {
        var narrowest = double.MaxValue;
        var (weight, end) = (0d, histogram.First);
        for (var start = histogram.First; start <= histogram.Last; start++)
        {
            while (weight < 0.5 && end <= histogram.Last)
            {
                weight += histogram.Weight(end++);
            }

            if (weight < 0.5)
            {
                break;
            }

            // Only the needed part of the last bin.
            narrowest = Math.Min(narrowest, end - start - ((weight - 0.5) / histogram.Weight(end - 1)));
            weight -= histogram.Weight(start);
        }

        return narrowest;
    }

    private static double[] Smooth(DurationHistogram histogram, double width)
    {
        var weights = new double[DurationHistogram.Bins];
        var reach = (int)Math.Ceiling(3 * width);
        var kernel = Enumerable.Range(-reach, (2 * reach) + 1)
            .Select(distance => width > 0 ? Math.Exp(-0.5 * Math.Pow(distance / width, 2)) : 1).ToArray();
        var total = kernel.Sum();
        for (var bin = histogram.First; bin <= histogram.Last; bin++)
        {
            for (var i = 0; i < kernel.Length; i++)
            {
                weights[Math.Clamp(bin + i - reach, 0, weights.Length - 1)] += histogram.Weight(bin) * kernel[i] / total;
            }
        }

        return weights;
    }

    private static TimeSpan Duration(double[] weights, double share) =>
        TimeSpan.FromMilliseconds(Math.Round(1000 * SecondsAt(weights, share)));

    private static double SecondsAt(double[] weights, double share)
    {
        var below = 0d;
        for (var bin = 0; bin < weights.Length; bin++)
        {
            if (below + weights[bin] >= share)
            {
                var (lower, upper) = (DurationHistogram.LowerBoundSeconds(bin), DurationHistogram.LowerBoundSeconds(bin + 1));
                return lower * Math.Pow(upper / lower, (share - below) / weights[bin]);
            }

            below += weights[bin];
        }

        return DurationHistogram.LowerBoundSeconds(weights.Length);
    }
}
