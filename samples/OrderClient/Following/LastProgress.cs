using System.Diagnostics;
using OffloadedPolling.Client;

namespace OrderClient;

/// <summary>The last known progress of an order, extrapolated with its estimate.</summary>
internal sealed class LastProgress
{
    private const double NearlyDone = 0.99;

    private readonly long _seenAt = Stopwatch.GetTimestamp();

    // Null before the first poll, because the state at the accept soon changes.
    private readonly OperationState? _state;

    private readonly OperationEstimate? _estimate;

    private readonly double _reported;

    public LastProgress(OperationState state, OperationEstimate? estimate, int? percentComplete, string? message)
        : this(estimate, message ?? (state == OperationState.NotStarted ? "Waiting for a worker" : state.ToString())) =>
        (_state, _reported) = (state, (percentComplete ?? 0) / 100d);

    private LastProgress(OperationEstimate? estimate, string message) => (_estimate, Message) = (estimate, message);

    public bool IsWaiting => _state == OperationState.NotStarted;

    public bool IsRunning => _state == OperationState.Running;

    public string Message { get; }

    /// <summary>
    /// Gets the estimated share that is done, from 0 to 1: the reported progress, plus the elapsed share of the remaining time. It is 0
    /// before the first poll.
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

    /// <summary>Gets the estimated remaining time, as text to append.</summary>
    public string Left => _estimate is null || _state?.IsTerminal() is true
        ? ""
        : _estimate.After(Stopwatch.GetElapsedTime(_seenAt))?.Median switch
        {
            { TotalSeconds: >= 0.5 and var seconds } => $", about {seconds:0} s left",
            _ when _state is null => "",
            _ => ", longer than estimated",
        };

    /// <summary>Creates the progress of an order that was accepted but not polled yet.</summary>
    public static LastProgress NotChecked(OperationEstimate? estimate) => new(estimate, "Accepted, not polled yet");

    public override string ToString() => _reported == 0 ? Message : $"{Message} ({_reported:0 %})";
}
