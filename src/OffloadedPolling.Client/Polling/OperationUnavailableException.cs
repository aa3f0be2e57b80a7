namespace OffloadedPolling.Client;

/// <summary>The exception that is thrown when an operation cannot be followed any further. Its outcome is unknown.</summary>
public sealed class OperationUnavailableException : Exception
{
    /// <summary>Initializes a new instance of the <see cref="OperationUnavailableException"/> class.</summary>
    /// <param name="message">What the poller found, and what to do.</param>
    /// <param name="reason">The reason.</param>
    /// <param name="lastStatus">The newest document seen; <see langword="null"/> if none was.</param>
    /// <param name="resumeToken">The token to resume from; <see langword="null"/> if it would be a credential.</param>
    public OperationUnavailableException(
        string message, OperationUnavailableReason reason, OperationStatus? lastStatus, string? resumeToken)
        : base(message) => (Reason, LastStatus, ResumeToken) = (reason, lastStatus, resumeToken);

    /// <summary>Gets the reason.</summary>
    public OperationUnavailableReason Reason { get; }

    /// <summary>Gets the newest document seen; <see langword="null"/> if none was.</summary>
    public OperationStatus? LastStatus { get; }

    /// <summary>Gets the token to resume from once the caller has access again. It is not a credential.</summary>
    /// <value>
    /// <see langword="null"/> if no operation URL is known, because the token would be a credential.
    /// <see cref="OperationPoller.GetResumeToken"/> returns it even so.
    /// </value>
    public string? ResumeToken { get; }
}

/// <summary>Specifies why an operation cannot be followed any further.</summary>
public enum OperationUnavailableReason
{
    /// <summary>The status URL has expired, and no operation URL is known to renew it at; or five new URLs in a row have expired.</summary>
    Expired,

    /// <summary>The status does not exist: its retention has ended, or the operation is unknown.</summary>
    Missing,

    /// <summary>
    /// The host does not issue a status URL to this caller, or the store refuses one that the host has just issued. Also a status URL that
    /// is refused for a reason that the store does not give, if no operation URL is known.
    /// </summary>
    Forbidden,
}
