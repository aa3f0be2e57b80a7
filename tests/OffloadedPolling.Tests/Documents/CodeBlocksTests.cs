using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using OffloadedPolling.Tests.Shared;

namespace OffloadedPolling.Tests.Documents;

/// <summary>The C# code of the documents is part of files that are compiled, and their JSON is valid.</summary>
public sealed partial class CodeBlocksTests
{
    private static readonly string[] _folders = ["src", "samples", "tests"];

    private static readonly List<string[]> _sources = [
        .. _folders.SelectMany(folder => Repository.FilesUnder(folder, "*.cs")).Select(File.ReadAllLines)];

    [Fact]
    public void CSharpBlocks_ArePartsOfCompiledFiles()
    {
        var blocks = Blocks("csharp").ToList();

        blocks.Should().NotBeEmpty();
        blocks.Where(block => MissingLine(block.Code) is not null)
            .Select(block => $"{block.Page}:{block.Line}: no file has the line “{MissingLine(block.Code)}” in its place")
            .ToList().Should().BeEmpty();
    }

    [Fact]
    public void MissingLine_OneCharacterChanged_ReturnsTheLine()
    {
        foreach (var block in Blocks("csharp"))
        {
            var code = block.Code.TrimEnd();
            var last = code.Split('\n')[^1].Trim();

            MissingLine($"{code[..^1]}~")?.Trim().Should().Be($"{last[..^1]}~", $"it is the block {block.Page}:{block.Line}");
        }
    }

    [Fact]
    public void JsonBlocks_AreValid()
    {
        var blocks = Blocks("json").ToList();

        blocks.Should().NotBeEmpty();
        blocks.Should().AllSatisfy(block => FluentActions.Invoking(() => ReadJson(block.Code))
            .Should().NotThrow<JsonException>($"{block.Page}:{block.Line} should be JSON"));
    }

    /// <summary>
    /// Returns the first line of a block that the most similar file lacks, or null if a file has the whole block. A line with nothing but
    /// an ellipsis stands for lines that the block leaves out. The using directives may be in other places of the file.
    /// </summary>
    private static string? MissingLine(string code)
    {
        var lines = code.Split('\n');
        var usings = lines.TakeWhile(line => line.Length == 0 || Using().IsMatch(line)).Where(line => line.Length > 0).ToList();
        var parts = Parts(lines.SkipWhile(line => line.Length == 0 || Using().IsMatch(line))).ToList();
        string[] expected = [.. parts.SelectMany(part => part), .. usings];
        var found = _sources.Max(source => CountFound(source, parts, usings));
        return found == expected.Length ? null : expected[found];
    }

    private static IEnumerable<string[]> Parts(IEnumerable<string> lines)
    {
        var text = string.Join('\n', lines);
        foreach (var part in Ellipsis().Split(text).Select(part => part.Trim('\n').Split('\n')).Where(part => part is not [""]))
        {
            var indent = part.Where(line => line.Length > 0).Min(line => line.Length - line.TrimStart().Length);
            yield return [.. part.Select(line => line.Length == 0 ? "" : line[indent..])];
        }
    }

    // How many lines of the parts, and then of the usings, a file has before the first one that it lacks.
    private static int CountFound(string[] source, List<string[]> parts, List<string> usings)
    {
        var (found, start) = (0, 0);
        foreach (var part in parts)
        {
            var (length, next) = Find(part, source, start);
            found += length;
            if (length < part.Length)
            {
                return found;
            }

            start = next;
        }

        return found + usings.TakeWhile(line => source.Contains(line)).Count();
    }

    // The first place where a file has a part, or else most of its first lines.
    private static (int Length, int Next) Find(string[] part, string[] source, int start)
    {
        var best = (Length: 0, Next: start);
        for (var at = start; at < source.Length && best.Length < part.Length; at++)
        {
            var length = CountCommon(part, source.AsSpan(at));
            best = length > best.Length ? (length, at + length) : best;
        }

        return best;
    }

    private static int CountCommon(string[] part, ReadOnlySpan<string> source)
    {
        if (!source[0].EndsWith(part[0], StringComparison.Ordinal))
        {
            return 0;
        }

        var indent = source[0][..^part[0].Length];
        var length = 0;
        while (string.IsNullOrWhiteSpace(indent) && length < Math.Min(part.Length, source.Length)
            && source[length] == (part[length].Length == 0 ? "" : indent + part[length]))
        {
            length++;
        }

        return length;
    }

    private static void ReadJson(string text)
    {
        // A block may show several documents.
        var options = new JsonReaderOptions { AllowMultipleValues = true, CommentHandling = JsonCommentHandling.Skip };
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(text), options);
        while (reader.Read())
        {
        }
    }

    private static IEnumerable<Block> Blocks(string language) =>
        from path in Repository.Documents()
        let text = File.ReadAllText(path)
        from match in Fence().Matches(text)
        where match.Groups["language"].Value == language
        select new Block(
            Path.GetRelativePath(Repository.Root, path), text[..match.Index].Count(character => character == '\n') + 1,
            match.Groups["code"].Value);

    [GeneratedRegex(
        @"^(?<indent>[ ]*)```(?<language>\w+)\n(?<code>.*?)\n\k<indent>```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();

    [GeneratedRegex(@"^using [\w.]+;$")]
    private static partial Regex Using();

    [GeneratedRegex(@"^ *…$", RegexOptions.Multiline)]
    private static partial Regex Ellipsis();

    private sealed record Block(string Page, int Line, string Code);
}
