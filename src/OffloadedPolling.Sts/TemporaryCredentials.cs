namespace OffloadedPolling.Sts;

/// <summary>Credentials that sign requests to S3 until they expire. Their text does not contain the secrets.</summary>
public sealed class TemporaryCredentials
{
    /// <summary>Creates the credentials.</summary>
    /// <param name="accessKeyId">The ID of the access key.</param>
    /// <param name="secretAccessKey">The key that signs requests.</param>
    /// <param name="sessionToken">The token that every request contains.</param>
    /// <param name="expiresAt">The time when the credentials expire.</param>
    public TemporaryCredentials(string accessKeyId, string secretAccessKey, string sessionToken, DateTimeOffset expiresAt)
    {
        ArgumentException.ThrowIfNullOrEmpty(accessKeyId);
        ArgumentException.ThrowIfNullOrEmpty(secretAccessKey);
        ArgumentException.ThrowIfNullOrEmpty(sessionToken);
        (AccessKeyId, SecretAccessKey, SessionToken, ExpiresAt) = (accessKeyId, secretAccessKey, sessionToken, expiresAt);
    }

    /// <summary>Gets the ID of the access key.</summary>
    public string AccessKeyId { get; }

    /// <summary>Gets the key that signs requests.</summary>
    public string SecretAccessKey { get; }

    /// <summary>Gets the token that every request contains.</summary>
    public string SessionToken { get; }

    /// <summary>Gets the time when the credentials expire.</summary>
    public DateTimeOffset ExpiresAt { get; }

    /// <summary>Returns a text with only the expiration.</summary>
    /// <returns>A text that is safe to log.</returns>
    public override string ToString() => $"{nameof(TemporaryCredentials)} {{ AccessKeyId = (withheld), ExpiresAt = {ExpiresAt:O} }}";
}

/// <summary>The exception that is thrown when temporary credentials cannot be issued.</summary>
/// <param name="message">The message that describes the error and what to do.</param>
/// <param name="cause">The exception that caused the error.</param>
/// <param name="isCallersProof"><see langword="true"/> if the caller's own proof was rejected.</param>
public sealed class TemporaryCredentialsException(string message, Exception? cause = null, bool isCallersProof = false)
    : OffloadedPollingException(message, cause)
{
    /// <summary>
    /// Gets a value that indicates whether the caller's own token or assertion was rejected. It has expired, its issuer is unknown, or it
    /// is not for this role. A retry with the same token or assertion fails.
    /// </summary>
    public bool IsCallersProof { get; } = isCallersProof;
}
