namespace OffloadedPolling;

/// <summary>Issues status URLs.</summary>
/// <remarks>
/// Implementations
/// <list type="bullet">
/// <item>MUST be thread-safe;</item>
/// <item>MUST issue URLs that open only the one document, and only with GET;</item>
/// <item>
/// MUST report when the URL really stops working: at the latest when the credentials expire that signed it, or after
/// <see cref="OffloadedPollingOptions.MaxUrlLifetime"/>, because the bucket may refuse older URLs;
/// </item>
/// <item>MUST use Signature Version 4 for S3 URLs.</item>
/// </list>
/// </remarks>
public interface IPresignedUrlIssuer
{
    /// <summary>Issues a URL to one status document.</summary>
    /// <param name="statusKey">The document's key, from <see cref="IOperationStatusStore.GetStatusKey"/>.</param>
    /// <param name="lifetime">
    /// How long it should work: 1 second to 7 days. It works for less if its credentials expire earlier, and for at most
    /// <see cref="OffloadedPollingOptions.MaxUrlLifetime"/>.
    /// </param>
    /// <param name="cancellationToken">The token to monitor for cancellation requests.</param>
    /// <returns>The URL, and the time when it stops working.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="lifetime"/> is out of range.</exception>
    /// <exception cref="StatusUrlException">There are no credentials that live for long enough.</exception>
    ValueTask<StatusUrl> IssueAsync(string statusKey, TimeSpan lifetime, CancellationToken cancellationToken);

    /// <summary>Checks that callers can use the URLs. For health checks.</summary>
    /// <param name="cancellationToken">The token to monitor for cancellation requests.</param>
    /// <returns>
    /// What is wrong, although callers may be able to poll, and what to do; <see langword="null"/> if nothing is, and by default.
    /// </returns>
    /// <exception cref="OffloadedPollingException">No caller can poll. The message says why.</exception>
    Task<string?> CheckAsync(CancellationToken cancellationToken) => Task.FromResult<string?>(null);
}
