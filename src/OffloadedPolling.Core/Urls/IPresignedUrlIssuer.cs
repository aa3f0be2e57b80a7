namespace OffloadedPolling;

/// <summary>Issues status URLs.</summary>
/// <remarks>
/// Implementations
/// <list type="bullet">
/// <item>MUST be thread-safe;</item>
/// <item>MUST issue URLs that open the one document, with GET, and nothing else;</item>
/// <item>MUST tell the instant at which the URL really stops working: never past the life of the credentials that signed it, and never
/// over <see cref="OffloadedPollingOptions.MaxUrlLifetime"/>, past which the bucket may refuse it;</item>
/// <item>MUST sign with signature version 4 where it is AWS's.</item>
/// </list>
/// </remarks>
public interface IPresignedUrlIssuer
{
    /// <summary>Issues a URL to one status document.</summary>
    /// <param name="statusKey">The document's key, from <see cref="IOperationStatusStore.GetStatusKey"/>.</param>
    /// <param name="lifetime">
    /// How long it should work: 1 second to 7 days. It works for a shorter time if its credentials do, and for
    /// <see cref="OffloadedPollingOptions.MaxUrlLifetime"/> at most.
    /// </param>
    /// <param name="cancellationToken">The token to monitor for cancellation requests.</param>
    /// <returns>The URL with the instant at which it stops working.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="lifetime"/> is out of range.</exception>
    /// <exception cref="StatusUrlException">There are no credentials that live long enough to sign with.</exception>
    ValueTask<StatusUrl> IssueAsync(string statusKey, TimeSpan lifetime, CancellationToken cancellationToken);

    /// <summary>Checks that callers can use the URLs. For health checks.</summary>
    /// <param name="cancellationToken">The token to monitor for cancellation requests.</param>
    /// <returns>
    /// What is wrong although callers may be able to poll, and what to do; <see langword="null"/> if nothing, and by default.
    /// </returns>
    /// <exception cref="OffloadedPollingException">No caller can poll, and why.</exception>
    Task<string?> CheckAsync(CancellationToken cancellationToken) => Task.FromResult<string?>(null);
}
