using System.Buffers;
using System.Security.Cryptography;

namespace OffloadedPolling;

/// <summary>
/// Operation ids: 128 bits as 32 lower-case hex digits, random or, with an idempotency key, a hash, so that they spread over S3's
/// partitions.
/// </summary>
public static class OperationId
{
    private const int Length = 32;
    private static readonly SearchValues<char> _digits = SearchValues.Create("0123456789abcdef");

    internal static string New() => RandomNumberGenerator.GetHexString(Length, lowercase: true);

    /// <summary>Whether a text is an operation's id: 32 lower-case hex digits, and nothing else.</summary>
    /// <param name="id">The text.</param>
    /// <returns><see langword="true"/> if it is one; there need not be such an operation.</returns>
    public static bool IsValid(ReadOnlySpan<char> id) => id.Length == Length && !id.ContainsAnyExcept(_digits);
}
