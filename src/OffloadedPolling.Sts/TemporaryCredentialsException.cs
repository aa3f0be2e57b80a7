namespace OffloadedPolling.Sts;

/// <summary>No temporary credentials could be issued.</summary>
public sealed class TemporaryCredentialsException : OffloadedPollingException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What was wrong and what to do.</param>
    /// <param name="cause">What led to it.</param>
    /// <param name="isCallersProof">Whether it is the caller's own proof that was refused.</param>
    public TemporaryCredentialsException(string message, Exception? cause = null, bool isCallersProof = false)
        : base(message, cause) => IsCallersProof = isCallersProof;

    /// <summary>
    /// Whether it is the caller's own proof that was refused, a token or an assertion: expired, of an unknown issuer, or not for this role.
    /// Trying again with the same one is of no use.
    /// </summary>
    public bool IsCallersProof { get; }
}
