namespace OffloadedPolling.Client;

/// <summary>The exception that is thrown when an operation's status can no longer be read. The outcome is unknown.</summary>
public sealed class OperationUnavailableException : Exception
{
    /// <summary>Initializes a new instance of the <see cref="OperationUnavailableException"/> class.</summary>
    /// <param name="message">The message that describes the error.</param>
    /// <param name="reason">The reason why the status can no longer be read.</param>
    /// <param name="lastStatus">The newest document received; <see langword="null"/> if none was received.</param>
    /// <param name="resumeToken">The token to resume from; <see langword="null"/> if it would be a credential.</param>
    public OperationUnavailableException(
        string message, OperationUnavailableReason reason, OperationStatus? lastStatus, string? resumeToken)
        : base(message) => (Reason, LastStatus, ResumeToken) = (reason, lastStatus, resumeToken);

    /// <summary>Gets the reason why the status can no longer be read.</summary>
    public OperationUnavailableReason Reason { get; }

    /// <summary>Gets the newest document received; <see langword="null"/> if none was received.</summary>
    public OperationStatus? LastStatus { get; }

    /// <summary>Gets the token to resume from once the caller has access again. It is not a credential.</summary>
    /// <value>
    /// <see langword="null"/> if no operation URL is known, because the token would be a credential. In that case, call
    /// <see cref="OperationPoller.GetResumeToken"/>.
    /// </value>
    public string? ResumeToken { get; }
}

/// <summary>Specifies why an operation's status can no longer be read.</summary>
public enum OperationUnavailableReason
{
    /// <summary>
    /// The status URL has expired and no operation URL is known, five new URLs in a row had already expired, or the reader's credentials
    /// have expired.
    /// </summary>
    Expired,

    /// <summary>The status does not exist, because its retention has ended or the operation is unknown.</summary>
    Missing,

    /// <summary>
    /// The host does not issue a status URL to this caller, the store refuses a URL that the host has just issued, or the reader's
    /// credentials do not give access. This value is also used if no operation URL is known and the store refuses the status URL without a
    /// reason.
    /// </summary>
    Forbidden,
}
