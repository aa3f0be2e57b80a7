using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using OffloadedPolling.Tests.Shared;
using OffloadedPolling.WaitTime;

namespace OffloadedPolling.Tests.WaitTime;

public sealed class CheckedEstimatorTests : IDisposable
{
    private static readonly OperationEstimate _estimate = new() { Median = TimeSpan.FromSeconds(5), Upper = TimeSpan.FromSeconds(9) };

    private readonly RecordingLogger _log = new();

    private readonly FakeTimeProvider _time = new();

    private ILogger<CheckedEstimator> Logger => new Logger<CheckedEstimator>(new LoggerFactory([_log]));

    public void Dispose() => _log.Dispose();

    [Fact]
    public async Task EstimateAsync_ValidEstimate_ReturnsIt() =>
        (await Checked(() => _estimate).EstimateAsync(default)).Should().BeSameAs(_estimate);

    [Fact]
    public async Task EstimateAsync_NoEstimate_ReturnsNullWithoutLogging()
    {
        (await Checked(() => null).EstimateAsync(default)).Should().BeNull();
        _log.Entries.Should().BeEmpty();
    }

    [Theory]
    [MemberData(nameof(UnusableEstimates.Cases), MemberType = typeof(UnusableEstimates))]
    public async Task EstimateAsync_InvalidEstimate_ReturnsNullAndLogsOncePerKind(string what)
    {
        var (parcels, letters) = (Checked(UnusableEstimates.All[what]), Checked(UnusableEstimates.All[what], "letters"));

        foreach (var estimator in (CheckedEstimator[])[parcels, parcels, letters])
        {
            (await estimator.EstimateAsync(default)).Should().BeNull();
        }

        _log.Entries.Should().HaveCount(2).And.OnlyContain(entry => (entry.Id == 439 || entry.Id == 443) && entry.Level == LogLevel.Error);
        _log.Entries.Select(entry => entry.Text.Contains("'parcels'", StringComparison.Ordinal)).Should().Equal(true, false);
    }

    [Fact]
    public async Task EstimateAsync_TimesOut_ReturnsNullAndLogs()
    {
        var never = new TaskCompletionSource<OperationEstimate?>();
        var estimator = new CheckedEstimator("parcels", new Pending(never.Task), _time, Logger);

        var estimating = estimator.EstimateAsync(default);
        _time.Advance(TimeSpan.FromSeconds(1));

        (await estimating).Should().BeNull();
        _log.Entries.Should().ContainSingle().Which.Id.Should().Be(439);
    }

    [Fact]
    public async Task EstimateAsync_CallerCancels_ThrowsWithoutLogging()
    {
        using var caller = new CancellationTokenSource();
        var estimator = new CheckedEstimator("parcels", new Pending(new TaskCompletionSource<OperationEstimate?>().Task), _time, Logger);

        var estimating = estimator.EstimateAsync(caller.Token);
        await caller.CancelAsync();

        await FluentActions.Awaiting(() => estimating).Should().ThrowAsync<OperationCanceledException>();
        _log.Entries.Should().BeEmpty();
    }

    private CheckedEstimator Checked(Func<OperationEstimate?> estimate, string kind = "parcels") =>
        new(kind, new UnusableEstimates.Told(estimate), _time, Logger);

    private sealed class Pending(Task<OperationEstimate?> estimate) : IWaitTimeEstimator
    {
        public async ValueTask<OperationEstimate?> EstimateAsync(string kind, CancellationToken cancellationToken) => await estimate;
    }
}
