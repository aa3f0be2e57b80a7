using OffloadedPolling.Accepting;
using OffloadedPolling.Tests.Shared;

namespace OffloadedPolling.Tests.StateMachine;

/// <summary>
/// A caller of the API. With a key, it retries until it gets a response or leaves. Without a key, it sends one request. After its operation
/// is removed, it may reuse the key for another payload.
/// </summary>
internal sealed class SteppedCaller(string? key) : IDisposable
{
    private static readonly string[] _keys = ["0123456789abcdef0", "0123456789abcdef1"];

    private readonly AcceptOptions _options = OptionsOf(key);

    private int _payloads;

    private CancellationTokenSource _connection = new();

    private bool _asked;

    private volatile bool _asking;

    private bool _gone;

    public AcceptedOperation? Accepted { get; private set; }

    /// <summary>Gets how many documents were removed before the request.</summary>
    public int RemovalsBefore { get; private set; }

    public bool Asks => !_asking && !_gone && Accepted is null && (key is not null || !_asked);

    public static string KeyOf(int number) => _keys[number];

    /// <summary>Returns the fingerprints of a payload with each caller's key.</summary>
    public static IEnumerable<string> FingerprintsOf(string body) => _keys.Select(each => AcceptRequest.FingerprintOf(each, body));

    /// <summary>Loses the connection.</summary>
    public void Lose() => _asking = false;

    /// <summary>Reuses the key, because the operation was deleted or has expired.</summary>
    public void ReuseKey()
    {
        if (key is not null && !_asking)
        {
            (Accepted, _payloads) = (null, _payloads + 1);
        }
    }

    /// <summary>Closes the connection before the response, and may never return.</summary>
    public void HangUp(bool forGood)
    {
        if (_asking)
        {
            _gone |= forGood;
            _connection.Cancel();
        }
    }

    public void Dispose() => _connection.Dispose();

    public async Task AskAsync(IOffloadedOperations operations, int removals)
    {
        (RemovalsBefore, _asked, _asking, _connection) = (removals, true, true, new CancellationTokenSource());
        try
        {
            Accepted = await operations.AcceptAsync(new Parcel($"Ada {_payloads}"), _options, _connection.Token).ConfigureAwait(false);
        }
        catch (IdempotencyConflictException)
        {
            // The earlier document was not deleted after all.
            _gone = true;
        }
        catch (Exception failed) when (failed is OffloadedPollingException or OperationCanceledException)
        {
            // A caller with a key retries.
        }

        _asking = false;
    }

    private static AcceptOptions OptionsOf(string? key) =>
        new() { IdempotencyKey = key, IdempotencyScope = key is null ? null : "anonymous" };
}
