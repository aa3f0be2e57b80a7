namespace OffloadedPolling.Client;

/// <summary>The operation had not ended by the deadline. It goes on by itself, and can be followed again with <see cref="ResumeToken"/>.</summary>
public sealed class OperationTimeoutException : TimeoutException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">How long was waited, and what was seen last.</param>
    /// <param name="lastStatus">The newest document seen; <see langword="null"/> if none was.</param>
    /// <param name="resumeToken">What <see cref="OperationPoller"/> goes on from.</param>
    public OperationTimeoutException(string message, OperationStatus? lastStatus, string resumeToken)
        : base(message) => (LastStatus, ResumeToken) = (lastStatus, resumeToken);

    /// <summary>The newest document seen; <see langword="null"/> if none was.</summary>
    public OperationStatus? LastStatus { get; }

    /// <summary>What to go on from. A credential where <see cref="OperationPoller.GetResumeToken"/> says so.</summary>
    public string ResumeToken { get; }
}
