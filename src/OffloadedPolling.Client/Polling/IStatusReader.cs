namespace OffloadedPolling.Client;

/// <summary>
/// Looks at the status document of one operation, for callers who read it by other means than its status URL. When to look, and what a look
/// that fails comes to, stays the poller's.
/// </summary>
/// <remarks>
/// Implementations
/// <list type="bullet">
/// <item>MUST return what a look that failed came to, and throw only where the program or its settings are at fault: an exception ends the
/// wait as it is;</item>
/// <item>MUST end a look by themselves when no answer comes, and when they are told to;</item>
/// <item>MUST put no credential into their words, which become the text of exceptions;</item>
/// <item>SHOULD make one request a look, without retries of their own: the poller backs off.</item>
/// </list>
/// The poller looks in turn, never twice at once, and disposes a reader that is <see cref="IDisposable"/> when the wait ends.
/// </remarks>
public interface IStatusReader
{
    /// <summary>Looks once.</summary>
    /// <param name="etag">The <c>ETag</c> of the document that was seen last, as the store wrote it; <see langword="null"/> if none was.</param>
    /// <param name="cancel">Ends the look.</param>
    /// <returns>A document, that it has not changed, a refusal, or why the look told nothing.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancel"/> was canceled.</exception>
    ValueTask<StatusReading> ReadAsync(string? etag, CancellationToken cancel);
}
