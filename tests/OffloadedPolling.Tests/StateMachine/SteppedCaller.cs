namespace OffloadedPolling.Tests.StateMachine;

/// <summary>A caller of the API: with a key it asks until it has its answer or is gone, without one it asks once.</summary>
internal sealed class SteppedCaller(string? key) : IDisposable
{
    private readonly AcceptOptions _options = new() { IdempotencyKey = key, IdempotencyScope = key is null ? null : "anonymous" };

    private CancellationTokenSource _connection = new();

    private bool _asked;

    private volatile bool _asking;

    private bool _gone;

    public AcceptedOperation? Accepted { get; private set; }

    public bool Asks => !_asking && !_gone && Accepted is null && (key is not null || !_asked);

    /// <summary>The connection broke.</summary>
    public void Lose() => _asking = false;

    /// <summary>Closes the connection before the answer, and may not come back.</summary>
    public void HangUp(bool forGood)
    {
        if (_asking)
        {
            _gone |= forGood;
            _connection.Cancel();
        }
    }

    public void Dispose() => _connection.Dispose();

    public async Task AskAsync(IOffloadedOperations operations)
    {
        (_asked, _asking, _connection) = (true, true, new CancellationTokenSource());
        try
        {
            Accepted = await operations.AcceptAsync(new Shared.Parcel("Ada"), _options, _connection.Token).ConfigureAwait(false);
        }
        catch (Exception failed) when (failed is OffloadedPollingException or OperationCanceledException)
        {
            // Asked for again, with a key.
        }

        _asking = false;
    }
}
