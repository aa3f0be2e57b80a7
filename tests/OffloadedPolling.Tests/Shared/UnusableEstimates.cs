using OffloadedPolling.Status;

namespace OffloadedPolling.Tests.Shared;

/// <summary>Estimates that a host's own estimator can return but a document cannot contain.</summary>
public static class UnusableEstimates
{
    private static readonly TimeSpan _second = TimeSpan.FromSeconds(1);

    /// <summary>The longest estimate that can be used.</summary>
    internal static OperationEstimate Longest { get; } = new()
    {
        Median = OperationEstimates.Longest,
        Upper = OperationEstimates.Longest,
        Quantiles = [.. Enumerable.Repeat(OperationEstimates.Longest, 13)],
    };

    internal static IReadOnlyDictionary<string, Func<OperationEstimate?>> All { get; } = new Dictionary<string, Func<OperationEstimate?>>
    {
        ["a negative median"] = () => Of(-_second, _second),
        ["a zero median"] = () => Of(TimeSpan.Zero, TimeSpan.Zero),
        ["not a number"] = () => Of(TimeSpan.FromSeconds(double.NaN), _second),
        ["an upper bound below the median"] = () => Of(2 * _second, _second),
        ["more than half of the longest duration"] = () => Of(_second, (TimeSpan.MaxValue / 2) + _second),
        ["half of the longest duration"] = () => Of(_second, TimeSpan.MaxValue / 2),
        ["too few quantiles"] = () => Of(_second, _second) with { Quantiles = [_second] },
        ["too many quantiles"] = () => Quantiles(14, _ => _second),
        ["quantiles that descend"] = () => Quantiles(13, number => (20 - number) * _second),
        ["a negative quantile"] = () => Quantiles(13, number => (number - 1) * _second),
        ["a quantile that is too long"] = () => Quantiles(13, number => number == 12 ? TimeSpan.MaxValue : _second),
        ["an exception"] = () => throw new InvalidOperationException("As told."),
        ["a cancellation"] = () => throw new OperationCanceledException("As told."),
    };

    public static TheoryData<string> Cases => [.. All.Keys];

    private static OperationEstimate Of(TimeSpan median, TimeSpan upper) => new() { Median = median, Upper = upper };

    private static OperationEstimate Quantiles(int count, Func<int, TimeSpan> quantile) =>
        Of(_second, _second) with { Quantiles = [.. Enumerable.Range(0, count).Select(quantile)] };

    /// <summary>An estimator that returns the given estimate.</summary>
    internal sealed class Told(Func<OperationEstimate?> estimate) : IWaitTimeEstimator
    {
        public ValueTask<OperationEstimate?> EstimateAsync(string kind, CancellationToken cancellationToken) =>
            ValueTask.FromResult(estimate());
    }
}
