using System.Collections.Concurrent;
using System.Text.RegularExpressions;

namespace OffloadedPolling.Tests.Secrecy;

/// <summary>
/// What must not be told: whatever looks like a credential of a URL or a request, and the secrets that tests say they use.
/// </summary>
internal sealed partial class Secrets
{
    private const string Withheld = "(withheld)";

    // A shorter one would be found everywhere.
    private const int MinLength = 6;

    private readonly ConcurrentDictionary<string, bool> _kept = new(StringComparer.Ordinal);

    /// <summary>Those of all tests of this process.</summary>
    public static Secrets All { get; } = new(looks: true);

    /// <param name="looks">Whether what looks like a secret is one, too.</param>
    public Secrets(bool looks) => Looks = looks;

    public bool Looks { get; }

    /// <summary>Takes a secret that a test uses: a key, or a token.</summary>
    /// <returns>The secret.</returns>
    public string Keep(string secret)
    {
        secret.Length.Should().BeGreaterThanOrEqualTo(MinLength, $"a secret of {secret.Length} characters would be found everywhere");
        _kept.TryAdd(secret, true);
        _kept.TryAdd(Uri.EscapeDataString(secret), true);
        return secret;
    }

    /// <summary>The text without its secrets, if there are any in it.</summary>
    public bool AreIn(string text, out string masked)
    {
        masked = text;
        if (text.Length < MinLength)
        {
            return false;
        }

        foreach (var (secret, _) in _kept)
        {
            // Session tokens are many, and longer than most texts.
            if (secret.Length <= masked.Length)
            {
                masked = masked.Replace(secret, Withheld, StringComparison.Ordinal);
            }
        }

        if (Looks)
        {
            masked = Pattern().Replace(masked, match => match.Groups[1].Value + Withheld);
        }

        return !ReferenceEquals(masked, text) && masked != text;
    }

    // Names as they stand in queries (also escaped, or in JSON), in headers, and in AWS's Authorization header; SQLite's signature has 43
    // characters of Base64url, AWS's 64 hex digits.
    [GeneratedRegex(
        """(X-Amz-(?:Signature|Credential|Security-Token)["']?(?:=|%3D|\s*[:=]\s*(?>["'\[]*)))(?!\(withheld\)|\*)[^\s"'&\[\],]{1,4096}|"""
        + """(signature=|Signature=|signature%3D)[A-Za-z0-9_-]{43,64}|(AWS4-HMAC-SHA256 Credential=)[^\s,]+|(Bearer )[A-Za-z0-9._-]{20,}""",
        RegexOptions.IgnoreCase)]
    private static partial Regex Pattern();
}
