namespace OffloadedPolling.Client;

/// <summary>The exception that is thrown when an operation has not ended by the deadline.</summary>
/// <remarks>The operation continues. <see cref="ResumeToken"/> lets you wait for it again.</remarks>
public sealed class OperationTimeoutException : TimeoutException
{
    /// <summary>Initializes a new instance of the <see cref="OperationTimeoutException"/> class.</summary>
    /// <param name="message">How long the poller waited, and what it saw last.</param>
    /// <param name="lastStatus">The newest document seen; <see langword="null"/> if none was.</param>
    /// <param name="resumeToken">The token to resume from; <see langword="null"/> if it would be a credential.</param>
    public OperationTimeoutException(string message, OperationStatus? lastStatus, string? resumeToken)
        : base(message) => (LastStatus, ResumeToken) = (lastStatus, resumeToken);

    /// <summary>Gets the newest document seen; <see langword="null"/> if none was.</summary>
    public OperationStatus? LastStatus { get; }

    /// <summary>Gets the token to resume from. It is not a credential, so the exception may be kept and shown.</summary>
    /// <value>
    /// <see langword="null"/> if no operation URL is known, because the token would be a credential.
    /// <see cref="OperationPoller.GetResumeToken"/> returns it even so.
    /// </value>
    public string? ResumeToken { get; }
}
