using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using NSubstitute;
using OffloadedPolling.Processing;
using OffloadedPolling.Tests.Shared;

namespace OffloadedPolling.Tests.Processing;

public sealed class StoreCircuitBreakerTests : IDisposable
{
    private static readonly TimeSpan _timeout = TimeSpan.FromSeconds(30);

    private static readonly OperationStoreException _down = new("The store is down.");

    private readonly FakeTimeProvider _time = new();

    private readonly RecordingLogger _log = new();

    private readonly ILoggerFactory _loggers;

    private readonly IOperationStatusStore _store = Substitute.For<IOperationStatusStore>();

    private readonly StoreCircuitBreaker _circuit;

    private int _probes;

    private bool _isDown;

    public StoreCircuitBreakerTests()
    {
        _loggers = LoggerFactory.Create(logging => logging.AddProvider(_log));
        _circuit = new StoreCircuitBreaker(_store, _time, _loggers.CreateLogger<StoreCircuitBreaker>());
        _store.CheckAsync(Arg.Any<CancellationToken>()).Returns(_ =>
        {
            _probes++;
            return _isDown ? Task.FromException<string?>(_down) : Task.FromResult<string?>(null);
        });
    }

    public void Dispose()
    {
        _circuit.Dispose();
        _loggers.Dispose();
        _log.Dispose();
    }

    [Fact]
    public void WaitAsync_StoreIsUp_CompletesImmediately()
    {
        _circuit.WaitAsync(default).IsCompletedSuccessfully.Should().BeTrue();
        _circuit.Problem.Should().BeNull();
    }

    [Fact]
    public async Task OnFailure_Outage_ProbesUntilStoreRecovers()
    {
        _isDown = true;
        _circuit.OnFailure(_down);
        _circuit.OnFailure(_down);
        var waiting = _circuit.WaitAsync(default);
        _circuit.Problem.Should().Be(_down.Message);

        await AdvanceUntilAsync(() => _probes >= 5);
        waiting.IsCompleted.Should().BeFalse();
        _isDown = false;
        await AdvanceUntilAsync(() => waiting.IsCompleted);
        _circuit.OnSuccess();

        _circuit.Problem.Should().BeNull();
        _log.Entries.Select(entry => entry.Id).Should().Equal(404, 405);
    }

    [Fact]
    public async Task OnFailure_LongOutage_EndsWithinSecondsOfRecovery()
    {
        _isDown = true;
        _circuit.OnFailure(_down);
        await AdvanceUntilAsync(() => _probes >= 20);
        var waiting = _circuit.WaitAsync(default);
        _isDown = false;
        var endedAt = _time.GetTimestamp();

        await AdvanceUntilAsync(() => waiting.IsCompleted);

        _time.GetElapsedTime(endedAt).Should().BeLessThan(TimeSpan.FromSeconds(8));
    }

    [Fact]
    public async Task OnFailure_ProbesPassButWorkFails_LogsOnce()
    {
        for (var outages = 1; outages <= 3; outages++)
        {
            _circuit.OnFailure(_down);
            var waiting = _circuit.WaitAsync(default);
            await AdvanceUntilAsync(() => waiting.IsCompleted);
        }

        _log.Entries.Select(entry => entry.Id).Should().Equal(404);
    }

    [Fact]
    public async Task CheckAsync_StoreHangs_CountsAsDown()
    {
        _store.CheckAsync(Arg.Any<CancellationToken>()).Returns(new TaskCompletionSource<string?>().Task);

        var checking = _circuit.CheckAsync(default);
        await AdvanceUntilAsync(() => checking.IsCompleted);

        _circuit.Problem.Should().Contain("did not answer within 00:00:05");
    }

    [Theory]
    [InlineData(typeof(TimeoutException), "did not answer within 00:00:05")]
    [InlineData(typeof(TaskCanceledException), "did not answer within 00:00:05")]
    [InlineData(typeof(InvalidOperationException), "wrong password")]
    public async Task CheckAsync_StoreThrows_ReportsItsFailure(Type failure, string problem)
    {
        var failed = (Exception)Activator.CreateInstance(failure, "wrong password")!;
        _store.CheckAsync(Arg.Any<CancellationToken>()).Returns(Task.FromException<string?>(failed));

        await _circuit.CheckAsync(default);

        _circuit.Problem.Should().Contain(problem);
    }

    [Fact]
    public async Task BoundAsync_StoreIgnoresCancellation_ThrowsInTime()
    {
        var bounded = _circuit.BoundAsync(_ => new TaskCompletionSource<int>().Task, default);

        await AdvanceUntilAsync(() => bounded.IsCompleted);

        (await bounded.Awaiting(task => task).Should().ThrowAsync<OperationStoreException>())
            .WithMessage("*did not answer within 00:00:30*");
    }

    [Fact]
    public async Task WaitAsync_Canceled_Throws()
    {
        _isDown = true;
        _circuit.OnFailure(_down);
        using var cancel = new CancellationTokenSource();
        var waiting = _circuit.WaitAsync(cancel.Token);
        await cancel.CancelAsync();

        await waiting.Invoking(task => task).Should().ThrowAsync<OperationCanceledException>();
    }

    private Task AdvanceUntilAsync(Func<bool> condition) => Eventually.TrueAsync(
        () =>
        {
            _time.Advance(TimeSpan.FromSeconds(0.5));
            return condition();
        },
        _timeout, () => $"after {_probes} probes");
}
