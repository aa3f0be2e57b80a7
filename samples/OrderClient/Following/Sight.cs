using System.Diagnostics;
using OffloadedPolling.Client;

namespace OrderClient;

/// <summary>An order as it was last seen, and what its estimate makes of that since.</summary>
internal sealed class Sight
{
    private const double NearlyDone = 0.99;

    private readonly long _seenAt = Stopwatch.GetTimestamp();

    // Null before the first poll: what the host said when it accepted the order is not so for long.
    private readonly OperationState? _state;

    private readonly OperationEstimate? _estimate;

    private readonly double _reported;

    public Sight(OperationState state, OperationEstimate? estimate, int? percentComplete, string? message)
        : this(estimate, message ?? (state == OperationState.NotStarted ? "Waiting for a worker" : state.ToString())) =>
        (_state, _reported) = (state, (percentComplete ?? 0) / 100d);

    private Sight(OperationEstimate? estimate, string message) => (_estimate, Message) = (estimate, message);

    public bool IsWaiting => _state == OperationState.NotStarted;

    public bool IsRunning => _state == OperationState.Running;

    public string Message { get; }

    /// <summary>
    /// How much of it is likely done by now, from 0 to 1: what was reported, and of the rest the share of its time that has passed. Before
    /// the first poll nothing is known to be done.
    /// </summary>
    public double Done
    {
        get
        {
            var passed = Stopwatch.GetElapsedTime(_seenAt);
            return _state is null || _estimate is null ? _reported
                : _estimate.After(passed) is { } left && passed + left.Median is var whole && whole > TimeSpan.Zero
                    ? Math.Min(_reported + ((1 - _reported) * (passed / whole)), NearlyDone)
                    : NearlyDone;
        }
    }

    /// <summary>How long it likely takes from now, in words to follow others.</summary>
    public string Left => _estimate is null || _state?.IsTerminal() is true
        ? ""
        : _estimate.After(Stopwatch.GetElapsedTime(_seenAt))?.Median switch
        {
            { TotalSeconds: >= 0.5 and var seconds } => $", about {seconds:0} s left",
            _ when _state is null => "",
            _ => ", longer than estimated",
        };

    /// <summary>An order that was accepted and not polled yet.</summary>
    public static Sight NotChecked(OperationEstimate? estimate) => new(estimate, "Accepted, not checked yet");

    public override string ToString() => _reported == 0 ? Message : $"{Message} ({_reported:0 %})";
}
