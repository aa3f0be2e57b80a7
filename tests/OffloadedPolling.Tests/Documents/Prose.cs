using System.Text.RegularExpressions;

namespace OffloadedPolling.Tests.Documents;

/// <summary>The sentences of a Markdown document, without its code, headings and link targets.</summary>
internal static partial class Prose
{
    /// <summary>Returns the sentences of paragraphs, list items and table cells that have at least three words.</summary>
    public static IEnumerable<string> Sentences(string markdown) =>
        Blocks(FencedCode().Replace(Comment().Replace(markdown, ""), ""))
            .Select(block => Link().Replace(InlineCode().Replace(block, "Code"), "$1"))
            .SelectMany(block => SentenceEnd().Split(block))
            .Where(sentence => Words(sentence) >= 3);

    /// <summary>Counts the words of a sentence. A piece of code counts as one.</summary>
    public static int Words(string sentence) => Word().Count(sentence);

    /// <summary>Returns the document's text without code.</summary>
    public static string WithoutCode(string markdown) => InlineCode().Replace(FencedCode().Replace(markdown, ""), "`…`");

    private static IEnumerable<string> Blocks(string markdown)
    {
        var paragraph = "";
        foreach (var line in markdown.Split('\n').Select(line => line.Trim()))
        {
            if (line.Length == 0 || line[0] is '#' or '|' || ListMarker().IsMatch(line))
            {
                yield return paragraph;
                paragraph = "";
            }

            if (line.StartsWith('|'))
            {
                foreach (var cell in line.Split('|').Where(cell => Words(cell) > 3))
                {
                    yield return cell.Trim();
                }
            }
            else if (!line.StartsWith('#'))
            {
                paragraph = $"{paragraph} {ListMarker().Replace(line, "")}".Trim();
            }
        }

        yield return paragraph;
    }

    [GeneratedRegex("^[ ]*```.*?^[ ]*```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex FencedCode();

    [GeneratedRegex("<!--.*?-->", RegexOptions.Singleline)]
    private static partial Regex Comment();

    [GeneratedRegex("`[^`]*`")]
    private static partial Regex InlineCode();

    [GeneratedRegex(@"!?\[([^\]]*)\]\([^)]*\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"^([*+-]|\d+\.)\s+")]
    private static partial Regex ListMarker();

    [GeneratedRegex("""(?<=[.!?:;][)*_"]*)\s+(?=[A-Z(*"\[])""")]
    private static partial Regex SentenceEnd();

    [GeneratedRegex(@"[\w'’-]+")]
    private static partial Regex Word();
}
