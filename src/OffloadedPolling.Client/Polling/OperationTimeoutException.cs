namespace OffloadedPolling.Client;

/// <summary>The exception that is thrown when an operation does not end within <see cref="OperationPollerOptions.Timeout"/>.</summary>
/// <remarks>The operation continues. To wait for it again, use <see cref="ResumeToken"/>.</remarks>
public sealed class OperationTimeoutException : TimeoutException
{
    /// <summary>Initializes a new instance of the <see cref="OperationTimeoutException"/> class.</summary>
    /// <param name="message">The message that describes the timeout.</param>
    /// <param name="lastStatus">The newest document received; <see langword="null"/> if none was received.</param>
    /// <param name="resumeToken">The token to resume from; <see langword="null"/> if it would be a credential.</param>
    public OperationTimeoutException(string message, OperationStatus? lastStatus, string? resumeToken)
        : base(message) => (LastStatus, ResumeToken) = (lastStatus, resumeToken);

    /// <summary>Gets the newest document received; <see langword="null"/> if none was received.</summary>
    public OperationStatus? LastStatus { get; }

    /// <summary>Gets the token to resume from. It is not a credential, so the exception is safe to store and show.</summary>
    /// <value>
    /// <see langword="null"/> if no operation URL is known, because the token would be a credential. In that case, call
    /// <see cref="OperationPoller.GetResumeToken"/>.
    /// </value>
    public string? ResumeToken { get; }
}
