using System.Collections.Concurrent;
using System.Text.RegularExpressions;

namespace OffloadedPolling.Tests.Secrecy;

/// <summary>
/// Finds secrets in texts: what looks like a credential of a URL or a request, and the secrets that tests register.
/// </summary>
internal sealed partial class Secrets
{
    private const string Withheld = "(withheld)";

    // A shorter secret would also match unrelated texts.
    private const int MinLength = 6;

    private readonly ConcurrentDictionary<string, bool> _kept = new(StringComparer.Ordinal);

    /// <summary>The secrets of all tests in this process.</summary>
    public static Secrets All { get; } = new(usePatterns: true);

    /// <param name="usePatterns">Whether texts that look like a secret count as secrets, too.</param>
    public Secrets(bool usePatterns) => UsePatterns = usePatterns;

    public bool UsePatterns { get; }

    /// <summary>Registers a secret that a test uses, such as a key or a token.</summary>
    /// <returns>The secret.</returns>
    public string Keep(string secret)
    {
        secret.Length.Should().BeGreaterThanOrEqualTo(MinLength, $"a secret of {secret.Length} characters matches unrelated texts");
        _kept.TryAdd(secret, true);
        _kept.TryAdd(Uri.EscapeDataString(secret), true);
        return secret;
    }

    /// <summary>Returns whether a text contains secrets, and the text with its secrets masked.</summary>
    public bool AreIn(string text, out string masked)
    {
        masked = text;
        if (text.Length < MinLength)
        {
            return false;
        }

        foreach (var (secret, _) in _kept)
        {
            // There are many session tokens, and they are longer than most texts.
            if (secret.Length <= masked.Length)
            {
                masked = masked.Replace(secret, Withheld, StringComparison.Ordinal);
            }
        }

        if (UsePatterns)
        {
            masked = Pattern().Replace(masked, match => match.Groups[1].Value + Withheld);
        }

        return !ReferenceEquals(masked, text) && masked != text;
    }

    // Names as they appear in queries (also escaped, or in JSON), in headers, and in AWS's Authorization header. The SQLite provider's
    // signature has 43 characters of Base64url, and AWS's has 64 hex digits.
    [GeneratedRegex(
        """(X-Amz-(?:Signature|Credential|Security-Token)["']?(?:=|%3D|\s*[:=]\s*(?>["'\[]*)))(?!\(withheld\)|\*)[^\s"'&\[\],]{1,4096}|"""
        + """(signature=|Signature=|signature%3D)[A-Za-z0-9_-]{43,64}|(AWS4-HMAC-SHA256 Credential=)[^\s,]+|(Bearer )[A-Za-z0-9._-]{20,}""",
        RegexOptions.IgnoreCase)]
    private static partial Regex Pattern();
}
