using System.Text.RegularExpressions;

namespace OffloadedPolling.IntegrationTests.Packages;

/// <summary>Commands of the tutorial, or the content of a file that it creates.</summary>
/// <param name="Heading">The heading of its section.</param>
/// <param name="File">The file that the text before the block names.</param>
/// <param name="Text">What the block contains.</param>
internal sealed partial record TutorialBlock(string Heading, string? File, string Text)
{
    public string FirstLine => Text.Split('\n')[0];

    /// <summary>The last command, which the page tells the reader to repeat.</summary>
    public string LastLine => Text.Split('\n')[^1];

    public bool StartsTheHost => Text.StartsWith("dotnet run -- --urls", StringComparison.Ordinal);

    /// <summary>Commands that do what the reader does with this block.</summary>
    public string Script => File is null ? Text : $"cat >{File} <<'END'\n{Text}\nEND";

    /// <summary>Returns the blocks of a page in their order.</summary>
    public static IEnumerable<TutorialBlock> Read(string page)
    {
        var heading = "";
        foreach (Match match in HeadingOrBlock().Matches(System.IO.File.ReadAllText(Repository.PathOf(page))))
        {
            if (match.Groups["heading"].Success)
            {
                heading = match.Groups["heading"].Value;
            }
            else
            {
                var isFile = match.Groups["language"].Value == "csharp";
                yield return new TutorialBlock(heading, isFile ? match.Groups["file"].Value : null, match.Groups["text"].Value);
            }
        }
    }

    [GeneratedRegex(
        @"^## (?<heading>[^\n]+)$|(?:`(?<file>[\w/]+\.cs)`:\n\n)?^```(?<language>sh|csharp)\n(?<text>.*?)\n```$",
        RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex HeadingOrBlock();
}
