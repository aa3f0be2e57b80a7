namespace OffloadedPolling;

/// <summary>Issues status URLs.</summary>
/// <remarks>
/// Implementations
/// <list type="bullet">
/// <item>MUST be thread-safe;</item>
/// <item>MUST issue URLs that open only the one document, and only with GET;</item>
/// <item>MUST report when the URL really stops working: no later than the credentials that signed it expire, and no later than
/// <see cref="OffloadedPollingOptions.MaxUrlLifetime"/>, because the bucket may refuse older URLs;</item>
/// <item>MUST use Signature Version 4 for S3 URLs.</item>
/// </list>
/// </remarks>
public interface IPresignedUrlIssuer
{
    /// <summary>Issues a URL to one status document.</summary>
    /// <param name="statusKey">The document's key, from <see cref="IOperationStatusStore.GetStatusKey"/>.</param>
    /// <param name="lifetime">
    /// The requested lifetime, from 1 second to 7 days. The URL stops working earlier if its credentials expire earlier, and at the latest
    /// after <see cref="OffloadedPollingOptions.MaxUrlLifetime"/>.
    /// </param>
    /// <param name="cancellationToken">The token to monitor for cancellation requests.</param>
    /// <returns>The URL, and the time when it stops working.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="lifetime"/> is out of range.</exception>
    /// <exception cref="StatusUrlException">No credentials are available that are valid for long enough.</exception>
    ValueTask<StatusUrl> IssueAsync(string statusKey, TimeSpan lifetime, CancellationToken cancellationToken);

    /// <summary>Checks whether callers can use the URLs. Health checks call this method.</summary>
    /// <param name="cancellationToken">The token to monitor for cancellation requests.</param>
    /// <returns>
    /// A problem that may keep callers from polling, and what to do; <see langword="null"/> if there is none. The default implementation
    /// returns <see langword="null"/>.
    /// </returns>
    /// <exception cref="OffloadedPollingException">Callers cannot poll. The message says why.</exception>
    Task<string?> CheckAsync(CancellationToken cancellationToken) => Task.FromResult<string?>(null);
}
