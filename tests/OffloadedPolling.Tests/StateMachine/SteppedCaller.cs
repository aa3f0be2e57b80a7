using OffloadedPolling.Accepting;
using OffloadedPolling.Tests.Shared;

namespace OffloadedPolling.Tests.StateMachine;

/// <summary>
/// A caller of the API: with a key it asks until it has its answer, without one it asks once. When its operation is gone, it may use the key
/// again, for another payload.
/// </summary>
internal sealed class SteppedCaller(string? key)
{
    private static readonly string[] _keys = ["0123456789abcdef0", "0123456789abcdef1"];

    private readonly AcceptOptions _options = OptionsOf(key);

    private int _payloads;

    private bool _asked;

    private bool _asking;

    public AcceptedOperation? Accepted { get; private set; }

    public bool Asks => !_asking && Accepted is null && (key is not null || !_asked);

    public static string KeyOf(int number) => _keys[number];

    /// <summary>The fingerprints of a payload under any caller's key.</summary>
    public static IEnumerable<string> FingerprintsOf(string body) => _keys.Select(each => Idempotency.Of("parcels", body, OptionsOf(each))!.PayloadFingerprint);

    /// <summary>The connection broke.</summary>
    public void Lose() => _asking = false;

    /// <summary>Its operation was deleted, or has expired: the key may be used anew.</summary>
    public void UseKeyAnew()
    {
        if (key is not null && !_asking)
        {
            (Accepted, _payloads) = (null, _payloads + 1);
        }
    }

    public async Task AskAsync(IOffloadedOperations operations)
    {
        (_asked, _asking) = (true, true);
        try
        {
            Accepted = await operations.AcceptAsync(new Parcel($"Ada {_payloads}"), _options).ConfigureAwait(false);
        }
        catch (OffloadedPollingException)
        {
            // Asked for again, with a key.
        }

        _asking = false;
    }

    private static AcceptOptions OptionsOf(string? key) => new() { IdempotencyKey = key, IdempotencyScope = key is null ? null : "anonymous" };
}
