
namespace OffloadedPolling.Sts;

/// <summary>For whom temporary credentials are, to what, for how long, and on what action.</summary>
public sealed class TemporaryCredentialsRequest
{
    /// <summary>The authenticated user: credentials are shared among no two callers.</summary>
    /// <value>
    /// Any text that is not empty. It becomes the name of the session, which AWS writes to CloudTrail; where AWS does not take it as it is,
    /// what fits of it and a hash of the whole.
    /// </value>
    public required string Caller { get; init; }

    /// <summary>The documents' keys, from <see cref="IOperationStatusStore.GetStatusKey"/>.</summary>
    /// <value>One or more; as many as fit into a session policy of 2,048 characters, which are about twenty.</value>
    public required IReadOnlyCollection<string> StatusKeys { get; init; }

    /// <summary>How long the credentials should work.</summary>
    /// <value>
    /// 15 minutes to 12 hours, to 36 hours for <see cref="StsAction.GetFederationToken"/>. Unset: <see cref="StsOptions.Duration"/>.
    /// </value>
    public TimeSpan? Duration { get; init; }

    /// <summary>What the credentials are issued on.</summary>
    /// <value><see cref="StsAction.AssumeRole"/> unless set.</value>
    public StsAction Action { get; init; } = StsAction.AssumeRole;

    /// <summary>
    /// Gets the access key id of credentials that S3 refused before they expired, for example because sessions of the role were revoked.
    /// The issuer does not give them again, unless they are less than 30 seconds old.
    /// </summary>
    /// <value><see langword="null"/> by default.</value>
    public string? RefusedAccessKeyId { get; init; }

    /// <summary>The request without the proof that it may hold.</summary>
    /// <returns>A text that is safe to log.</returns>
    public override string ToString() =>
        $"{nameof(TemporaryCredentialsRequest)} {{ Caller = {Caller}, StatusKeys = {StatusKeys?.Count}, Duration = {Duration}, Action "
        + $"= {Action} }}";
}
