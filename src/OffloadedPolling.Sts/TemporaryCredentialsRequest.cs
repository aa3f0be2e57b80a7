namespace OffloadedPolling.Sts;

/// <summary>A request for temporary credentials: the caller, the documents, the duration and the action of STS.</summary>
public sealed class TemporaryCredentialsRequest
{
    /// <summary>Gets the authenticated user. No two callers share credentials.</summary>
    /// <value>
    /// A nonempty text. It becomes the name of the session, which AWS writes to CloudTrail. If AWS does not accept the text, the name is
    /// the part that fits and a hash of the whole text.
    /// </value>
    public required string Caller { get; init; }

    /// <summary>Gets the keys of the documents, from <see cref="IOperationStatusStore.GetStatusKey"/>.</summary>
    /// <value>One or more. About 20 keys fit into a session policy of 2,048 characters.</value>
    public required IReadOnlyCollection<string> StatusKeys { get; init; }

    /// <summary>Gets the requested lifetime of the credentials.</summary>
    /// <value>
    /// 15 minutes to 12 hours, or up to 36 hours for <see cref="StsAction.GetFederationToken"/>. The default is
    /// <see cref="StsOptions.Duration"/>.
    /// </value>
    public TimeSpan? Duration { get; init; }

    /// <summary>Gets the action of STS that issues the credentials.</summary>
    /// <value><see cref="StsAction.AssumeRole"/> by default.</value>
    public StsAction Action { get; init; } = StsAction.AssumeRole;

    /// <summary>
    /// Gets the access key ID of credentials that S3 rejected before they expired, for example because sessions of the role were revoked.
    /// The issuer does not return them again, unless they are less than 30 seconds old.
    /// </summary>
    /// <value><see langword="null"/> by default.</value>
    public string? RefusedAccessKeyId { get; init; }

    /// <summary>Returns the request without the proof that it may contain.</summary>
    /// <returns>A text that is safe to log.</returns>
    public override string ToString() =>
        $"{nameof(TemporaryCredentialsRequest)} {{ Caller = {Caller}, StatusKeys = {StatusKeys?.Count}, Duration = {Duration}, "
        + $"Action = {Action} }}";
}
