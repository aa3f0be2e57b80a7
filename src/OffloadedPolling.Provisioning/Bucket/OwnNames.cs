using System.Security.Cryptography;
using System.Text;

namespace OffloadedPolling.Provisioning;

/// <summary>
/// The names by which this library knows its own rules and statements in a bucket that others use as well. They name the key prefix, so
/// that several hosts with prefixes of their own may share a bucket.
/// </summary>
internal static class OwnNames
{
    // S3 takes ids of up to 255 characters.
    private const int MaxPrefixInId = 200;

    private const string RuleStart = "offloaded-polling-";

    public const string TlsOnlySid = "OffloadedPollingTlsOnly";

    public static string RuleId(string what, string prefix) =>
        $"{RuleStart}{what} {(prefix.Length <= MaxPrefixInId ? prefix : $"{prefix[..MaxPrefixInId]}~{Hash(prefix)}")}";

    /// <summary>Whether a rule is this library's, of whatever prefix.</summary>
    public static bool IsRuleId(string? id) => id?.StartsWith(RuleStart, StringComparison.Ordinal) == true;

    // A statement's id takes letters and digits alone.
    // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_sid.html
    public static string Sid(string what, string prefix) =>
        $"OffloadedPolling{what}{string.Concat(prefix.Where(char.IsAsciiLetterOrDigit).Take(32))}{Hash(prefix)}";

    private static string Hash(string prefix) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(prefix)).AsSpan(0, 6));
}
