namespace OffloadedPolling.Client;

/// <summary>The operation cannot be followed any further. What has become of it is not known.</summary>
public sealed class OperationUnavailableException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What was found, and what to do.</param>
    /// <param name="reason">Why.</param>
    /// <param name="lastStatus">The newest document seen; <see langword="null"/> if none was.</param>
    /// <param name="resumeToken">What <see cref="OperationPoller"/> goes on from.</param>
    public OperationUnavailableException(string message, OperationUnavailableReason reason, OperationStatus? lastStatus, string resumeToken)
        : base(message) => (Reason, LastStatus, ResumeToken) = (reason, lastStatus, resumeToken);

    /// <summary>Why.</summary>
    public OperationUnavailableReason Reason { get; }

    /// <summary>The newest document seen; <see langword="null"/> if none was.</summary>
    public OperationStatus? LastStatus { get; }

    /// <summary>
    /// What to go on from, once the caller may see the operation. A credential where <see cref="OperationPoller.GetResumeToken"/> says so.
    /// </summary>
    public string ResumeToken { get; }
}
