using OffloadedPolling.Client;

namespace OrderClient;

/// <summary>One order of this run. The follower writes it, and the display reads it.</summary>
internal sealed class FollowedOrder(int number)
{
    private volatile LastProgress? _lastProgress;

    private volatile Ending _ending = new(Outcome.UnderWay);

    private volatile string? _resumeToken;

    /// <summary>Gets the number of the order, starting at 1.</summary>
    public int Number { get; } = number;

    /// <summary>Gets the last known progress; <see langword="null"/> if there is none yet.</summary>
    public LastProgress? LastProgress => _lastProgress;

    public Outcome Outcome => _ending.Outcome;

    /// <summary>Gets the reason of the outcome.</summary>
    public string? Reason => _ending.Reason;

    /// <summary>Gets the token to resume from; <see langword="null"/> if there is none, or it is a credential.</summary>
    public string? ResumeToken => _resumeToken;

    public void Resume(string resumeToken) => _resumeToken = resumeToken;

    public void See(AcceptedOperation accepted, string? resumeToken) =>
        (_lastProgress, _resumeToken) = (LastProgress.NotChecked(accepted.Estimate), resumeToken);

    public void See(OperationStatus status)
    {
        _lastProgress = new LastProgress(status.State, status.Estimate, status.PercentComplete, Printable.Line(status.Message));
        _ending = status.State switch
        {
            OperationState.Succeeded => new Ending(Outcome.Succeeded),
            OperationState.Failed => new Ending(Outcome.Failed, Printable.Line(Words(status.Error))),
            OperationState.Canceled => new Ending(Outcome.Canceled),
            _ => _ending,
        };
    }

    public void End(Outcome outcome, string reason) => _ending = new Ending(outcome, Printable.Line(reason));

    /// <summary>Stops following the order. The order itself continues.</summary>
    public void Leave(string reason) => End(Outcome.UnderWay, reason);

    private static string Words(OperationProblem? problem) =>
        string.Join(": ", new[] { problem?.Title, problem?.Detail }.Where(word => !string.IsNullOrEmpty(word)));

    private sealed record Ending(Outcome Outcome, string? Reason = null);
}
