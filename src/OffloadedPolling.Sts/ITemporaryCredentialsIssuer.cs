namespace OffloadedPolling.Sts;

/// <summary>Issues temporary credentials for reading status documents, for callers that sign requests to S3 themselves.</summary>
/// <remarks>
/// Implementations
/// <list type="bullet">
/// <item>MUST be thread-safe;</item>
/// <item>MUST issue credentials that can read only the requested documents;</item>
/// <item>MUST issue separate credentials to each caller, and never those of another caller;</item>
/// <item>MUST report when the credentials expire;</item>
/// <item>
/// SHOULD return the same credentials until shortly before they expire, because STS accepts only a few hundred requests per second and
/// account.
/// </item>
/// </list>
/// </remarks>
public interface ITemporaryCredentialsIssuer
{
    /// <summary>Issues credentials, or returns those issued earlier for the same request.</summary>
    /// <param name="request">The caller, the documents, the duration and the action of STS.</param>
    /// <param name="cancellationToken">The token to monitor for cancellation requests.</param>
    /// <returns>The credentials.</returns>
    /// <exception cref="ArgumentException">
    /// The request has no caller, no status key, an invalid status key, too many keys, or a duration out of range.
    /// </exception>
    /// <exception cref="TemporaryCredentialsException">No credentials could be issued.</exception>
    ValueTask<TemporaryCredentials> IssueAsync(TemporaryCredentialsRequest request, CancellationToken cancellationToken = default);
}
