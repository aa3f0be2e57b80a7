namespace OffloadedPolling.Client;

/// <summary>The operation had not ended by the deadline. It goes on by itself, and can be followed again with <see cref="ResumeToken"/>.</summary>
public sealed class OperationTimeoutException : TimeoutException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">How long was waited, and what was seen last.</param>
    /// <param name="lastStatus">The newest document seen; <see langword="null"/> if none was.</param>
    /// <param name="resumeToken">What <see cref="OperationPoller"/> goes on from; <see langword="null"/> if it would be a credential.</param>
    public OperationTimeoutException(string message, OperationStatus? lastStatus, string? resumeToken)
        : base(message) => (LastStatus, ResumeToken) = (lastStatus, resumeToken);

    /// <summary>The newest document seen; <see langword="null"/> if none was.</summary>
    public OperationStatus? LastStatus { get; }

    /// <summary>What to go on from. No credential, so that the exception may be kept and shown.</summary>
    /// <value>
    /// <see langword="null"/> where no operation URL is known: what there is to go on from is a credential then. Whoever wants it all the same
    /// gets it from <see cref="OperationPoller.GetResumeToken"/>.
    /// </value>
    public string? ResumeToken { get; }
}
