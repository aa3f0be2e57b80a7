using System.Buffers;
using System.Security.Cryptography;

namespace OffloadedPolling.Accepting;

/// <summary>Operation ids: 128 random bits as 32 lower-case hex digits, so that they cannot be guessed and spread over S3's partitions.</summary>
internal static class OperationId
{
    private const int Length = 32;

    private static readonly SearchValues<char> _digits = SearchValues.Create("0123456789abcdef");

    public static string New() => RandomNumberGenerator.GetHexString(Length, lowercase: true);

    public static bool IsValid(ReadOnlySpan<char> id) => id.Length == Length && !id.ContainsAnyExcept(_digits);
}
