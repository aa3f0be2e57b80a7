namespace OffloadedPolling.Client;

/// <summary>The operation cannot be followed any further. What has become of it is not known.</summary>
public sealed class OperationUnavailableException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What was found, and what to do.</param>
    /// <param name="reason">Why.</param>
    /// <param name="lastStatus">The newest document seen; <see langword="null"/> if none was.</param>
    /// <param name="resumeToken">What <see cref="OperationPoller"/> goes on from; <see langword="null"/> if it would be a credential.</param>
    public OperationUnavailableException(string message, OperationUnavailableReason reason, OperationStatus? lastStatus, string? resumeToken)
        : base(message) => (Reason, LastStatus, ResumeToken) = (reason, lastStatus, resumeToken);

    /// <summary>Why.</summary>
    public OperationUnavailableReason Reason { get; }

    /// <summary>The newest document seen; <see langword="null"/> if none was.</summary>
    public OperationStatus? LastStatus { get; }

    /// <summary>What to go on from, once the caller may see the operation. No credential, so that the exception may be kept and shown.</summary>
    /// <value>
    /// <see langword="null"/> where no operation URL is known: what there is to go on from is a credential then. Whoever wants it all the same
    /// gets it from <see cref="OperationPoller.GetResumeToken"/>.
    /// </value>
    public string? ResumeToken { get; }
}
