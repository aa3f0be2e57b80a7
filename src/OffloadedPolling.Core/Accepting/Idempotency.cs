using System.Security.Cryptography;
using System.Text;

namespace OffloadedPolling.Accepting;

/// <summary>What an idempotency key makes of an operation: its id, and what tells its payload from another.</summary>
internal sealed record Idempotency(string OperationId, string PayloadFingerprint)
{
    /// <exception cref="ArgumentException">There is a key without a scope.</exception>
    /// <exception cref="InvalidIdempotencyKeyException">The key is too short.</exception>
    public static Idempotency? Of(string kind, string payload, AcceptOptions options) => options switch
    {
        { IdempotencyKey: null } => null,
        { IdempotencyScope: null or "" } => throw new ArgumentException(
            $"{nameof(AcceptOptions.IdempotencyKey)} is set without {nameof(AcceptOptions.IdempotencyScope)}. Set the scope to whom the key belongs to, such as the authenticated user, so that no caller meets another's operation.",
            nameof(options)),
        { IdempotencyKey.Length: < InvalidIdempotencyKeyException.MinLength and var length } => throw new InvalidIdempotencyKeyException(length),
        { IdempotencyKey: { } key, IdempotencyScope: { } scope } => new Idempotency(IdOf(kind, scope, key), FingerprintOf(key, payload)),
    };

    private static string IdOf(string kind, string scope, string key) =>
        Convert.ToHexStringLower(FramedHash.Of(kind, scope, key).AsSpan(0, 16));

    // Keyed, since a status URL's holder can read it and might try out what the payload was.
    private static string FingerprintOf(string key, string payload) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(key), Encoding.UTF8.GetBytes(payload)));
}
