namespace OffloadedPolling.Processing;

/// <summary>Bounds what a worker waits for the store, whatever timeouts the host's own client has.</summary>
internal static class StorePatience
{
    // Three tries of the SDK at this library's own timeout of ten seconds.
    private static readonly TimeSpan _longest = TimeSpan.FromSeconds(30);

    /// <summary>Runs requests to the store, and cancels them when they take too long.</summary>
    /// <exception cref="OperationStoreException">They took too long.</exception>
    public static async Task<T> BoundAsync<T>(Func<CancellationToken, Task<T>> requests, TimeProvider time, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(_longest, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            return await requests(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException late) when (patience.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new OperationStoreException($"The status store did not answer within {_longest}. Check the network and the store.", late);
        }
    }
}
