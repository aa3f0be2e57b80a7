namespace OffloadedPolling.Sts;

/// <summary>Credentials that sign requests to S3 until they expire. They are printed without their secrets.</summary>
public sealed class TemporaryCredentials
{
    /// <summary>Creates the credentials.</summary>
    /// <param name="accessKeyId">The access key's id.</param>
    /// <param name="secretAccessKey">The key to sign with.</param>
    /// <param name="sessionToken">The token that every request contains.</param>
    /// <param name="expiresAt">When they stop working.</param>
    public TemporaryCredentials(string accessKeyId, string secretAccessKey, string sessionToken, DateTimeOffset expiresAt)
    {
        ArgumentException.ThrowIfNullOrEmpty(accessKeyId);
        ArgumentException.ThrowIfNullOrEmpty(secretAccessKey);
        ArgumentException.ThrowIfNullOrEmpty(sessionToken);
        (AccessKeyId, SecretAccessKey, SessionToken, ExpiresAt) = (accessKeyId, secretAccessKey, sessionToken, expiresAt);
    }

    /// <summary>Gets the access key's id.</summary>
    public string AccessKeyId { get; }

    /// <summary>Gets the key to sign with.</summary>
    public string SecretAccessKey { get; }

    /// <summary>Gets the token that every request contains.</summary>
    public string SessionToken { get; }

    /// <summary>Gets the time when the credentials stop working.</summary>
    public DateTimeOffset ExpiresAt { get; }

    /// <summary>Returns only when the credentials expire.</summary>
    /// <returns>A text that is safe to log.</returns>
    public override string ToString() => $"{nameof(TemporaryCredentials)} {{ AccessKeyId = (withheld), ExpiresAt = {ExpiresAt:O} }}";
}

/// <summary>No temporary credentials could be issued.</summary>
/// <param name="message">What was wrong and what to do.</param>
/// <param name="cause">What led to it.</param>
/// <param name="isCallersProof">Whether the caller's own proof was refused.</param>
public sealed class TemporaryCredentialsException(string message, Exception? cause = null, bool isCallersProof = false)
    : OffloadedPollingException(message, cause)
{
    /// <summary>
    /// Gets a value that indicates whether the caller's own proof was refused, a token or an assertion: it has expired, its issuer is
    /// unknown, or it is not for this role. A retry with the same proof fails again.
    /// </summary>
    public bool IsCallersProof { get; } = isCallersProof;
}
