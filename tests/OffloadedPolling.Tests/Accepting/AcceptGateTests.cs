using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using OffloadedPolling.Accepting;
using OffloadedPolling.Tests.Shared;

namespace OffloadedPolling.Tests.Accepting;

public sealed class AcceptGateTests : IDisposable
{
    private const int Closed = 105, Opened = 106;

    private readonly FakeTimeProvider _time = new();

    private readonly RecordingLogger _log = new();

    private readonly AcceptGate _gate;

    public AcceptGateTests() => _gate = new AcceptGate(
        "parcels", Options.Create(new OffloadedPollingOptions()), _time, new Logger<AcceptGate>(new LoggerFactory([_log])));

    private IEnumerable<int> Logged => _log.Entries.Select(entry => entry.Id);

    public void Dispose() => _log.Dispose();

    [Fact]
    public void Enter_AfterFourTimeouts_Succeeds()
    {
        TimeOut(4);

        Granted();
        Logged.Should().BeEmpty();
    }

    [Fact]
    public void Enter_AfterFiveTimeouts_ThrowsForFiveSeconds()
    {
        TimeOut(5);

        RefusedFor(TimeSpan.FromSeconds(5));
        _time.Advance(TimeSpan.FromSeconds(4));
        RefusedFor(TimeSpan.FromSeconds(1));
        Logged.Should().Equal(Closed);
    }

    [Fact]
    public void Leave_AnsweredBetweenTimeouts_ResetsCount()
    {
        TimeOut(4);
        Leave(AcceptEnd.Answered);
        TimeOut(4);

        Granted();
        Logged.Should().BeEmpty();
    }

    [Fact]
    public void Leave_WithdrawnBetweenTimeouts_KeepsCount()
    {
        TimeOut(4);
        Leave(AcceptEnd.Withdrawn);

        TimeOut(1);

        RefusedFor(TimeSpan.FromSeconds(5));
        Logged.Should().Equal(Closed);
    }

    [Fact]
    public void Enter_AfterPause_AllowsOneTrialUntilAnswered()
    {
        TimeOut(5);
        _time.Advance(AcceptGate.Pause);

        Granted();
        RefusedDuringTrial();

        _gate.Leave(isTrial: true, AcceptEnd.Answered);
        Granted();
        Granted();
        Logged.Should().Equal(Closed, Opened);
    }

    [Fact]
    public void Leave_TrialTimesOut_ClosesForFiveSeconds()
    {
        TimeOut(5);
        _time.Advance(AcceptGate.Pause);

        Granted();
        _gate.Leave(isTrial: true, AcceptEnd.RanOut);

        RefusedFor(AcceptGate.Pause);
        Logged.Should().Equal(Closed);
    }

    [Fact]
    public void Leave_TrialWithdrawn_AllowsAnotherTrial()
    {
        TimeOut(5);
        _time.Advance(AcceptGate.Pause);

        Granted();
        _gate.Leave(isTrial: true, AcceptEnd.Withdrawn);

        Granted();
        RefusedDuringTrial();
    }

    [Fact]
    public void Leave_OlderAcceptTimesOut_DoesNotExtendPause()
    {
        Granted();
        TimeOut(5);
        _time.Advance(TimeSpan.FromSeconds(3));

        _gate.Leave(isTrial: false, AcceptEnd.RanOut);

        RefusedFor(TimeSpan.FromSeconds(2));
    }

    [Fact]
    public void Leave_OlderAcceptAnswered_Opens()
    {
        Granted();
        TimeOut(5);

        _gate.Leave(isTrial: false, AcceptEnd.Answered);

        Granted();
        Logged.Should().Equal(Closed, Opened);
    }

    [Fact]
    public void Dispose_TrialWithoutOutcome_AllowsAnotherTrial()
    {
        TimeOut(5);
        _time.Advance(AcceptGate.Pause);

        using (_gate.Enter(default))
        {
            RefusedDuringTrial();
        }

        Granted();
    }

    // The accept does not end, because its deadline is not disposed of.
    private void Granted() => _gate.Invoking(gate => gate.Enter(default)).Should().NotThrow();

    private void RefusedFor(TimeSpan left) =>
        Refused($"*the last 5 accepts exceeded AcceptTimeout (00:00:10)*The next one is tried in {left}.");

    private void RefusedDuringTrial() => Refused("*One is being tried now.");

    private void Refused(string message) =>
        _gate.Invoking(gate => gate.Enter(default)).Should().Throw<OperationStoreException>().WithMessage(message);

    private void Leave(AcceptEnd end)
    {
        Granted();
        _gate.Leave(isTrial: false, end);
    }

    private void TimeOut(int times)
    {
        for (var time = 0; time < times; time++)
        {
            Leave(AcceptEnd.RanOut);
        }
    }
}
