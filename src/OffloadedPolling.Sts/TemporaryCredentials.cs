namespace OffloadedPolling.Sts;

/// <summary>Credentials that sign requests to S3 until they expire. They print themselves without key and token.</summary>
public sealed class TemporaryCredentials
{
    /// <summary>Creates them.</summary>
    /// <param name="accessKeyId">The access key's id.</param>
    /// <param name="secretAccessKey">The key to sign with.</param>
    /// <param name="sessionToken">Goes with every request.</param>
    /// <param name="expiresAt">When they stop working.</param>
    public TemporaryCredentials(string accessKeyId, string secretAccessKey, string sessionToken, DateTimeOffset expiresAt)
    {
        ArgumentException.ThrowIfNullOrEmpty(accessKeyId);
        ArgumentException.ThrowIfNullOrEmpty(secretAccessKey);
        ArgumentException.ThrowIfNullOrEmpty(sessionToken);
        (AccessKeyId, SecretAccessKey, SessionToken, ExpiresAt) = (accessKeyId, secretAccessKey, sessionToken, expiresAt);
    }

    /// <summary>The access key's id.</summary>
    public string AccessKeyId { get; }

    /// <summary>The key to sign with.</summary>
    public string SecretAccessKey { get; }

    /// <summary>Goes with every request.</summary>
    public string SessionToken { get; }

    /// <summary>When they stop working.</summary>
    public DateTimeOffset ExpiresAt { get; }

    /// <summary>When they expire, alone.</summary>
    /// <returns>A text that is safe to log.</returns>
    public override string ToString() => $"{nameof(TemporaryCredentials)} {{ AccessKeyId = (withheld), ExpiresAt = {ExpiresAt:O} }}";
}
