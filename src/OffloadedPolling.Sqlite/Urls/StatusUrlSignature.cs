using System.Buffers.Text;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Unicode;

namespace OffloadedPolling.Sqlite;

/// <summary>
/// The query of a status URL: <c>?expires=…&amp;signature=…</c>. The first is the Unix time in seconds at which the URL expires. The second
/// is the HMAC-SHA-256 of the operation's ID and that time, in Base64url.
/// </summary>
internal sealed class StatusUrlSignature(SqliteDatabase database)
{
    private const string ExpiresIs = "?expires=";

    private const string SignatureIs = "&signature=";

    // The 32 bytes of SHA-256 in Base64url without padding.
    private const int SignatureLength = 43;

    // The number of digits of the largest Int64.
    private const int MaxExpiresLength = 19;

    /// <summary>Signs a query for one document.</summary>
    public string Sign(string id, long expiresAt)
    {
        var expires = expiresAt.ToString(CultureInfo.InvariantCulture);
        Span<char> signature = stackalloc char[SignatureLength];
        Compute(id, expires, signature);
        return string.Concat(ExpiresIs, expires, SignatureIs, signature);
    }

    /// <summary>Validates a query. The signature is compared in constant time, before anything is parsed.</summary>
    public StatusUrlValidity Check(string id, string query, long now)
    {
        var signatureAt = query.IndexOf(SignatureIs, StringComparison.Ordinal);
        if (!OperationId.IsValid(id) || !query.StartsWith(ExpiresIs, StringComparison.Ordinal)
            || signatureAt < ExpiresIs.Length || signatureAt > ExpiresIs.Length + MaxExpiresLength)
        {
            return StatusUrlValidity.Invalid;
        }

        var expires = query.AsSpan(ExpiresIs.Length, signatureAt - ExpiresIs.Length);
        Span<char> signature = stackalloc char[SignatureLength];
        Compute(id, expires, signature);
        if (!CryptographicOperations.FixedTimeEquals(
            MemoryMarshal.AsBytes((ReadOnlySpan<char>)signature), MemoryMarshal.AsBytes(query.AsSpan(signatureAt + SignatureIs.Length))))
        {
            return StatusUrlValidity.Invalid;
        }

        return now < long.Parse(expires, NumberStyles.None, CultureInfo.InvariantCulture)
            ? StatusUrlValidity.Valid
            : StatusUrlValidity.Expired;
    }

    private void Compute(ReadOnlySpan<char> id, ReadOnlySpan<char> expires, Span<char> signature)
    {
        // Longer than any ID with its expiration, because both are bounded. The first line separates these signatures from other uses of
        // the key.
        Span<byte> text = stackalloc byte[256];
        if (!Utf8.TryWrite(text, CultureInfo.InvariantCulture, $"offloaded-polling status url\n{id}\n{expires}", out var length))
        {
            throw new ArgumentException("The value is too long for an operation ID.", nameof(id));
        }

        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(database.SigningKey, text[..length], hash);
        Base64Url.EncodeToChars(hash, signature);
    }
}
