namespace OffloadedPolling.Sts;

/// <summary>Issues temporary credentials that read given status documents, for callers who sign requests to S3 themselves.</summary>
/// <remarks>
/// Implementations
/// <list type="bullet">
/// <item>MUST be thread-safe;</item>
/// <item>MUST issue credentials that read the documents of the request, and can do nothing else;</item>
/// <item>MUST issue each caller credentials of its own: nobody may get what was issued for another;</item>
/// <item>MUST report when the credentials stop working;</item>
/// <item>
/// SHOULD return the same credentials while they live for long enough: STS accepts a few hundred requests a second for a whole account.
/// </item>
/// </list>
/// </remarks>
public interface ITemporaryCredentialsIssuer
{
    /// <summary>Issues credentials, or returns those that the same request got before.</summary>
    /// <param name="request">Who requests them, for which documents, for how long, and by which action.</param>
    /// <param name="cancellationToken">The token to monitor for cancellation requests.</param>
    /// <returns>The credentials.</returns>
    /// <exception cref="ArgumentException">
    /// The request has no caller, no status key or a foreign one, more keys than fit, or a duration out of range.
    /// </exception>
    /// <exception cref="TemporaryCredentialsException">No credentials could be issued.</exception>
    ValueTask<TemporaryCredentials> IssueAsync(TemporaryCredentialsRequest request, CancellationToken cancellationToken = default);
}
