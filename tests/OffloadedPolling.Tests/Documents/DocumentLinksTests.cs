using System.Text.RegularExpressions;
using OffloadedPolling.Tests.Shared;

namespace OffloadedPolling.Tests.Documents;

/// <summary>Checks that every relative link in a document points to a file, and to a heading if it has a fragment.</summary>
public sealed partial class DocumentLinksTests
{
    // Its links point to files of the project that the template creates.
    private static readonly string _projectReadme = Path.Combine("offloaded-api", "README.md");

    [Fact]
    public void RelativeLinks_PointToFilesAndHeadings()
    {
        var links = (
            from page in Repository.Documents()
            where !page.EndsWith(_projectReadme, StringComparison.Ordinal)
            from match in Link().Matches(FencedCode().Replace(File.ReadAllText(page), ""))
            select (Page: page, Target: match.Groups[1].Success ? match.Groups[1].Value : match.Groups[2].Value)).ToList();

        links.Should().NotBeEmpty();
        links.Where(link => !Exists(link.Page, link.Target))
            .Select(link => $"{Path.GetRelativePath(Repository.Root, link.Page)}: {link.Target}").ToList().Should().BeEmpty();
    }

    private static bool Exists(string page, string target)
    {
        var parts = target.Split('#', 2);
        var folder = Path.GetDirectoryName(page)!;
        var file = parts[0].Length == 0 ? page : Path.GetFullPath(Path.Combine(folder, Uri.UnescapeDataString(parts[0])));
        return Path.Exists(file) && (parts.Length == 1 || Anchors(file).Contains(parts[1]));
    }

    // GitHub's rule: lower case, punctuation removed, spaces to hyphens.
    private static IEnumerable<string> Anchors(string file) =>
        Heading().Matches(FencedCode().Replace(File.ReadAllText(file), "")).Select(heading =>
            NotInAnchor().Replace(heading.Groups[1].Value.Trim().ToLowerInvariant(), "").Replace(' ', '-'));

    [GeneratedRegex("""\]\((?![a-z]+:)([^)\s]+)\)|(?:src|srcset|href)="(?![a-z]+:)([^"]+)" """, RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Link();

    [GeneratedRegex("^[ ]*```.*?^[ ]*```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex FencedCode();

    [GeneratedRegex("^#+ (.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex NotInAnchor();
}
