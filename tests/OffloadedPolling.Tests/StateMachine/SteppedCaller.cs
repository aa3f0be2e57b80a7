namespace OffloadedPolling.Tests.StateMachine;

/// <summary>A caller of the API: with a key it asks until it has its answer, without one it asks once.</summary>
internal sealed class SteppedCaller(string? key)
{
    private readonly AcceptOptions _options = new() { IdempotencyKey = key, IdempotencyScope = key is null ? null : "anonymous" };

    private bool _asked;

    private bool _asking;

    public AcceptedOperation? Accepted { get; private set; }

    public bool Asks => !_asking && Accepted is null && (key is not null || !_asked);

    /// <summary>The connection broke.</summary>
    public void Lose() => _asking = false;

    public async Task AskAsync(IOffloadedOperations operations)
    {
        (_asked, _asking) = (true, true);
        try
        {
            Accepted = await operations.AcceptAsync(new Shared.Parcel("Ada"), _options).ConfigureAwait(false);
        }
        catch (OffloadedPollingException)
        {
            // Asked for again, with a key.
        }

        _asking = false;
    }
}
