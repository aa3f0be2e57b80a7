using Microsoft.Extensions.Time.Testing;
using OffloadedPolling.Accepting;

namespace OffloadedPolling.Tests.Accepting;

public sealed class AcceptGateTests
{
    private readonly FakeTimeProvider _time = new();

    private readonly AcceptGate _gate = new();

    [Fact]
    public void Enter_FourDeadlinesInARow_IsGranted()
    {
        RunOut(4);

        _gate.Enter(_time).Should().Be(AcceptEntry.Granted);
    }

    [Fact]
    public void Enter_FiveDeadlinesInARow_IsRefusedForFiveSeconds()
    {
        RunOut(5);

        _gate.Enter(_time).Should().Be(new AcceptEntry(false, false, TimeSpan.FromSeconds(5)));
        _time.Advance(TimeSpan.FromSeconds(4));
        _gate.Enter(_time).Should().Be(new AcceptEntry(false, false, TimeSpan.FromSeconds(1)));
    }

    [Fact]
    public void Leave_AnAnswerBetween_BeginsTheRowAnew()
    {
        RunOut(4);
        _gate.Leave(_gate.Enter(_time), AcceptEnd.Answered, _time).Should().Be(AcceptGateChange.None);
        RunOut(4);

        _gate.Enter(_time).IsGranted.Should().BeTrue();
    }

    [Fact]
    public void Leave_AHangUpBetween_TellsNothing()
    {
        RunOut(4);
        _gate.Leave(_gate.Enter(_time), AcceptEnd.Withdrawn, _time);

        _gate.Leave(_gate.Enter(_time), AcceptEnd.RanOut, _time).Should().Be(AcceptGateChange.Shut);
        _gate.Enter(_time).IsGranted.Should().BeFalse();
    }

    [Fact]
    public void Enter_AfterThePause_OneTriesAndTheOthersAreRefusedUntilItHasAnAnswer()
    {
        RunOut(5);
        _time.Advance(AcceptGate.Pause);

        var trial = _gate.Enter(_time);

        trial.Should().Be(AcceptEntry.Trial);
        _gate.Enter(_time).Should().Be(new AcceptEntry(false, false, TimeSpan.Zero));
        _gate.Leave(trial, AcceptEnd.Answered, _time).Should().Be(AcceptGateChange.Opened);
        _gate.Enter(_time).Should().Be(AcceptEntry.Granted);
    }

    [Fact]
    public void Leave_TheTrialRunsOut_IsShutAgainForFiveSeconds()
    {
        RunOut(5);
        _time.Advance(AcceptGate.Pause);

        _gate.Leave(_gate.Enter(_time), AcceptEnd.RanOut, _time).Should().Be(AcceptGateChange.None);

        _gate.Enter(_time).Should().Be(new AcceptEntry(false, false, AcceptGate.Pause));
    }

    [Fact]
    public void Leave_TheTrialIsWithdrawn_TheNextTries()
    {
        RunOut(5);
        _time.Advance(AcceptGate.Pause);

        _gate.Leave(_gate.Enter(_time), AcceptEnd.Withdrawn, _time);

        _gate.Enter(_time).Should().Be(AcceptEntry.Trial);
    }

    [Fact]
    public void Leave_AcceptsThatBeganBefore_DoNotProlongThePause()
    {
        var late = _gate.Enter(_time);
        RunOut(5);
        _time.Advance(TimeSpan.FromSeconds(3));

        _gate.Leave(late, AcceptEnd.RanOut, _time).Should().Be(AcceptGateChange.None);

        _gate.Enter(_time).TryIn.Should().Be(TimeSpan.FromSeconds(2));
    }

    [Fact]
    public void Leave_AnAcceptThatBeganBeforeSucceeds_Opens()
    {
        var late = _gate.Enter(_time);
        RunOut(5);

        _gate.Leave(late, AcceptEnd.Answered, _time).Should().Be(AcceptGateChange.Opened);

        _gate.Enter(_time).Should().Be(AcceptEntry.Granted);
    }

    private void RunOut(int times)
    {
        for (var time = 0; time < times; time++)
        {
            _gate.Leave(_gate.Enter(_time), AcceptEnd.RanOut, _time);
        }
    }
}
