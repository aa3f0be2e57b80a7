namespace OffloadedPolling.Sts;

/// <summary>Issues temporary credentials that read given status documents, for callers who sign requests to S3 themselves.</summary>
/// <remarks>
/// Implementations
/// <list type="bullet">
/// <item>MUST be thread-safe;</item>
/// <item>MUST issue credentials that read the documents of the request, and can do nothing else;</item>
/// <item>MUST issue each caller credentials of its own: nobody may get what was issued for another;</item>
/// <item>MUST tell the instant at which they stop working;</item>
/// <item>SHOULD issue the same ones again while they live for long enough: the service behind takes a few hundred requests a second for a
/// whole account.</item>
/// </list>
/// </remarks>
public interface ITemporaryCredentialsIssuer
{
    /// <summary>Issues credentials, or gives those that the same request got before.</summary>
    /// <param name="request">For whom, to what, for how long, and on what action.</param>
    /// <param name="cancellationToken">The token to monitor for cancellation requests.</param>
    /// <returns>The credentials.</returns>
    /// <exception cref="ArgumentException">The request names no caller, no status key or a foreign one, more keys than fit, or a duration
    /// out of range.</exception>
    /// <exception cref="TemporaryCredentialsException">There are none to be had.</exception>
    ValueTask<TemporaryCredentials> IssueAsync(TemporaryCredentialsRequest request, CancellationToken cancellationToken = default);
}
