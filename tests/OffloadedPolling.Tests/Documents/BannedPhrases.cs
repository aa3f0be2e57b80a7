using System.Text.RegularExpressions;
using OffloadedPolling.Tests.Shared;

namespace OffloadedPolling.Tests.Documents;

/// <summary>
/// Phrases that are hard to understand, from <c>banned-phrases.txt</c>. Each line is a pattern, a tab and what to write instead.
/// </summary>
internal static class BannedPhrases
{
    private const string Folder = "tests/OffloadedPolling.Tests/Documents/";

    private static readonly List<(Regex Pattern, string Instead)> _banned = [
        .. Lines("banned-phrases.txt").Select(line => line.Split('\t')).Select(parts => (
            new Regex(parts[0], RegexOptions.IgnoreCase | RegexOptions.CultureInvariant), parts[^1]))];

    private static readonly List<string> _allowed = [.. Lines("allowed-phrases.txt")];

    /// <summary>Returns the banned phrases of a text with the words around each, and what to write instead.</summary>
    public static IEnumerable<string> In(string text) =>
        from banned in _banned
        from match in banned.Pattern.Matches(text)
        where !_allowed.Any(allowed => Contains(text, allowed, match))
        let start = Math.Max(0, match.Index - 30)
        select $"“{text[start..Math.Min(text.Length, match.Index + match.Length + 30)].ReplaceLineEndings(" ")}”: write {banned.Instead}";

    private static IEnumerable<string> Lines(string file) =>
        File.ReadLines(Repository.PathOf(Folder + file)).Where(line => line.Length > 0 && line[0] != '#');

    private static bool Contains(string text, string allowed, Match match)
    {
        var from = Math.Max(0, match.Index - allowed.Length);
        var part = text[from..Math.Min(text.Length, match.Index + match.Length + allowed.Length)];
        return part.Contains(allowed, StringComparison.OrdinalIgnoreCase);
    }
}
