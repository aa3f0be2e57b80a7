namespace OffloadedPolling.Client;

/// <summary>
/// Polls the status document of one operation, for callers that read it in another way than by its status URL. The poller still decides
/// when to poll, and what to do when a poll fails.
/// </summary>
/// <remarks>
/// Implementations
/// <list type="bullet">
/// <item>MUST return the failure of a poll, and throw only if the program or its settings are wrong: an exception ends the wait;</item>
/// <item>MUST end a poll by themselves when no answer comes, and when the token is canceled;</item>
/// <item>MUST NOT put a credential into the words they return, which become the text of exceptions;</item>
/// <item>SHOULD make one request per poll, without retries of their own: the poller backs off.</item>
/// </list>
/// The poller never polls twice at the same time, and disposes a reader that is <see cref="IDisposable"/> when the wait ends.
/// </remarks>
public interface IStatusReader
{
    /// <summary>Polls once.</summary>
    /// <param name="etag">The <c>ETag</c> of the newest document seen, as the store wrote it; <see langword="null"/> if none was.</param>
    /// <param name="cancellationToken">The token to monitor for cancellation requests.</param>
    /// <returns>A document, that it has not changed, a refusal, or why the poll failed.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was canceled.</exception>
    ValueTask<StatusReading> ReadAsync(string? etag, CancellationToken cancellationToken);
}
