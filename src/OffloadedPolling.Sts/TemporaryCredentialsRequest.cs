namespace OffloadedPolling.Sts;

/// <summary>Who requests temporary credentials, for which documents, for how long, and by which action of STS.</summary>
public sealed class TemporaryCredentialsRequest
{
    /// <summary>Gets the authenticated user. No two callers share credentials.</summary>
    /// <value>
    /// Any text that is not empty. It becomes the name of the session, which AWS writes to CloudTrail. A text that AWS does not accept is
    /// replaced by the part that fits and a hash of the whole.
    /// </value>
    public required string Caller { get; init; }

    /// <summary>Gets the documents' keys, from <see cref="IOperationStatusStore.GetStatusKey"/>.</summary>
    /// <value>One or more; about twenty fit into a session policy of 2,048 characters.</value>
    public required IReadOnlyCollection<string> StatusKeys { get; init; }

    /// <summary>Gets how long the credentials should work.</summary>
    /// <value>
    /// 15 minutes to 12 hours, or to 36 hours for <see cref="StsAction.GetFederationToken"/>; <see cref="StsOptions.Duration"/> by default.
    /// </value>
    public TimeSpan? Duration { get; init; }

    /// <summary>Gets the action of STS that issues the credentials.</summary>
    /// <value><see cref="StsAction.AssumeRole"/> by default.</value>
    public StsAction Action { get; init; } = StsAction.AssumeRole;

    /// <summary>
    /// Gets the access key id of credentials that S3 refused before they expired, for example because sessions of the role were revoked.
    /// The issuer does not give them again, unless they are less than 30 seconds old.
    /// </summary>
    /// <value><see langword="null"/> by default.</value>
    public string? RefusedAccessKeyId { get; init; }

    /// <summary>Returns the request without the proof that it may contain.</summary>
    /// <returns>A text that is safe to log.</returns>
    public override string ToString() =>
        $"{nameof(TemporaryCredentialsRequest)} {{ Caller = {Caller}, StatusKeys = {StatusKeys?.Count}, Duration = {Duration}, "
        + $"Action = {Action} }}";
}
