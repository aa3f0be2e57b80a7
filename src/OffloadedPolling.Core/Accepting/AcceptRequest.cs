using System.Security.Cryptography;
using System.Text;

namespace OffloadedPolling.Accepting;

/// <summary>A request to accept an operation.</summary>
/// <param name="Kind">The operation's kind.</param>
/// <param name="Id">The operation's ID: random, or a hash of the idempotency key.</param>
/// <param name="Payload">The payload as JSON.</param>
/// <param name="PayloadFingerprint">Identifies the payload; <see langword="null"/> without an idempotency key.</param>
/// <param name="Options">The host's options for the operation.</param>
internal sealed record AcceptRequest(OperationKind Kind, string Id, string Payload, string? PayloadFingerprint, AcceptOptions Options)
{
    /// <summary>Whether the request can be repeated, because it has an idempotency key.</summary>
    public bool IsRepeatable => PayloadFingerprint is not null;

    // The payload must not be logged.
    public override string ToString() => $"{Kind.Name} {Id}";

    /// <exception cref="InvalidPayloadException">The payload holds raw JSON that is not Unicode.</exception>
    /// <exception cref="ArgumentException">The key has no scope.</exception>
    /// <exception cref="InvalidIdempotencyKeyException">The key is too short.</exception>
    public static AcceptRequest Create<TPayload>(OperationKind<TPayload> kind, TPayload payload, AcceptOptions options)
    {
        var json = PayloadText.Serialize(kind, payload);
        return options switch
        {
            { IdempotencyKey: null } => new AcceptRequest(kind, OperationId.New(), json, null, options),
            { IdempotencyScope: null or "" } => throw new ArgumentException(
                $"{nameof(options.IdempotencyKey)} is set without {nameof(options.IdempotencyScope)}. Set the scope to the owner of the "
                + "key, such as the authenticated user, so that no caller gets another caller's operation.",
                nameof(options)),
            { IdempotencyKey.Length: < InvalidIdempotencyKeyException.MinLength and var length } =>
                throw new InvalidIdempotencyKeyException(length),
            { IdempotencyKey: { } key, IdempotencyScope: { } scope } =>
                new AcceptRequest(kind, IdOf(kind.Name, scope, key), json, FingerprintOf(key, json), options),
        };
    }

    private static string IdOf(string kind, string scope, string key) =>
        Convert.ToHexStringLower(FramedHash.Compute(kind, scope, key).AsSpan(0, 16));

    // Keyed, because anyone who has a status URL can read the hash and could otherwise guess the payload.
    public static string FingerprintOf(string key, string payload) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(key), Encoding.UTF8.GetBytes(payload)));
}
