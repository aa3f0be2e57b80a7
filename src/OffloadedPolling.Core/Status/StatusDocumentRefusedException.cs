namespace OffloadedPolling;

/// <summary>An <see cref="IStatusDocumentPolicy"/> refused a status document. It was not written.</summary>
public sealed class StatusDocumentRefusedException : OffloadedPollingException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="reason">Why, for the host's log; callers never see it. It should not quote what was refused.</param>
    /// <param name="cause">What led to it.</param>
    public StatusDocumentRefusedException(string reason, Exception? cause = null)
        : base(
            $"A policy refuses the status document: {reason} Leave out of it what the policy does not allow, or change the policy.",
            cause) =>
        Reason = reason;

    /// <summary>Why it was refused.</summary>
    public string Reason { get; }
}
