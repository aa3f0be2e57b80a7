using System.Buffers;
using System.Security.Cryptography;

namespace OffloadedPolling;

/// <summary>
/// Operation IDs: 128 bits as 32 lowercase hexadecimal digits, random or a hash of the idempotency key. Both spread over S3's partitions.
/// </summary>
public static class OperationId
{
    private const int Length = 32;
    private static readonly SearchValues<char> _digits = SearchValues.Create("0123456789abcdef");

    internal static string New() => RandomNumberGenerator.GetHexString(Length, lowercase: true);

    /// <summary>Determines whether a text has the form of an operation ID: exactly 32 lowercase hexadecimal digits.</summary>
    /// <param name="id">The text.</param>
    /// <returns><see langword="true"/> if it has this form; the operation may not exist. Otherwise, <see langword="false"/>.</returns>
    public static bool IsValid(ReadOnlySpan<char> id) => id.Length == Length && !id.ContainsAnyExcept(_digits);
}
