using Microsoft.Extensions.Time.Testing;
using OffloadedPolling.Processing;
using OffloadedPolling.Tests.Shared;

namespace OffloadedPolling.Tests.Processing;

public sealed class ProbedGateTests : IDisposable
{
    private static readonly TimeSpan _timeout = TimeSpan.FromSeconds(30);

    private readonly FakeTimeProvider _time = new();

    private readonly ProbedGate _gate;

    public ProbedGateTests() => _gate = new ProbedGate(_time, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(4));

    public void Dispose() => _gate.Dispose();

    [Fact]
    public void TryClose_AlreadyClosed_KeepsFirstProblem()
    {
        _gate.TryClose("first", out var isNew).Should().BeTrue();
        _gate.TryClose("second", out _).Should().BeFalse();

        isNew.Should().BeTrue();
        _gate.Problem.Should().Be("first");
        _gate.Opened.IsCompleted.Should().BeFalse();
    }

    [Fact]
    public async Task OpenWhenAsync_ThirdProbeSucceeds_OpensGate()
    {
        var probes = 0;
        _gate.TryClose("down", out _);
        var opening = _gate.OpenWhenAsync(_ => Task.FromResult(++probes == 3));

        await AdvanceUntilAsync(opening);

        probes.Should().Be(3);
        _gate.Problem.Should().BeNull();
        _gate.Opened.IsCompletedSuccessfully.Should().BeTrue();
    }

    [Fact]
    public async Task OpenWhenAsync_ClosedAgainDuringProbe_StaysClosed()
    {
        _gate.TryClose("first", out _);
        var opening = _gate.OpenWhenAsync(_ =>
        {
            _gate.TryOpen();
            return Task.FromResult(_gate.TryClose("second", out var _));
        });

        await AdvanceUntilAsync(opening);

        _gate.Problem.Should().Be("second");
    }

    [Fact]
    public async Task TryForget_OpenAfterProbe_MakesNextProblemNew()
    {
        _gate.TryForget().Should().BeFalse("there was no problem");
        _gate.TryClose("down", out _);
        var opening = _gate.OpenWhenAsync(_ => Task.FromResult(true));
        _gate.TryForget().Should().BeFalse("the gate is closed");
        await AdvanceUntilAsync(opening);
        _gate.TryClose("down again", out var isNew);
        isNew.Should().BeFalse();
        _gate.TryOpen();

        _gate.TryForget().Should().BeTrue();

        _gate.TryClose("down later", out isNew);
        isNew.Should().BeTrue();
    }

    private async Task AdvanceUntilAsync(Task task)
    {
        await Eventually.TrueAsync(
            () =>
            {
                _time.Advance(TimeSpan.FromSeconds(1));
                return task.IsCompleted;
            },
            _timeout, () => $"still waiting at {_time.GetUtcNow():T}");
        await task;
    }
}
