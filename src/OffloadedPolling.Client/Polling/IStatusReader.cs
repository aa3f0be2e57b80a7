namespace OffloadedPolling.Client;

/// <summary>
/// Polls the status document of one operation without its status URL. The poller still decides when to poll, and what to do when a poll
/// fails.
/// </summary>
/// <remarks>
/// Implementations:
/// <list type="bullet">
/// <item>MUST return the failure of a poll. They throw only if the program or its settings are wrong. An exception ends the wait.</item>
/// <item>MUST end a poll when no response arrives in time, and when the token is canceled.</item>
/// <item>MUST NOT include a credential in the text they return, because it becomes part of exception messages.</item>
/// <item>SHOULD make one request per poll and not retry, because the poller backs off.</item>
/// </list>
/// The poller never polls concurrently. When the wait ends, it disposes a reader that implements <see cref="IDisposable"/>.
/// </remarks>
public interface IStatusReader
{
    /// <summary>Polls the status document once.</summary>
    /// <param name="etag">
    /// The <c>ETag</c> of the newest document read, exactly as the store sent it; <see langword="null"/> if no document was read.
    /// </param>
    /// <param name="cancellationToken">The token to monitor for cancellation requests.</param>
    /// <returns>The outcome: a document, an unchanged document, a refusal, or a failure.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was canceled.</exception>
    ValueTask<StatusReading> ReadAsync(string? etag, CancellationToken cancellationToken);
}
