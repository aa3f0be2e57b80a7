using System.Text.RegularExpressions;
using OffloadedPolling.Tests.Shared;

namespace OffloadedPolling.Tests.Readme;

/// <summary>The README's code is this project's, which the compiler reads.</summary>
public sealed partial class ReadmeTests
{
    [Theory]
    [InlineData("host")]
    [InlineData("handler")]
    [InlineData("json")]
    [InlineData("key")]
    [InlineData("caller")]
    public void Readme_ShowsTheCodeThatIsCompiled(string name)
    {
        var source = File.ReadAllLines(Repository.PathOf("tests/OffloadedPolling.Tests/Readme/Host.cs"));
        var lines = source.SkipWhile(line => line.Trim() != $"// begin: {name}").Skip(1).TakeWhile(line => line.Trim() != $"// end: {name}").ToList();
        var indent = lines.Where(line => line.Length > 0).Min(line => line.Length - line.TrimStart().Length);
        var code = string.Join('\n', lines.Select(line => line.Length == 0 ? line : line[indent..]));

        Assert.NotEmpty(lines);
        Assert.Contains(code, File.ReadAllText(Repository.PathOf("README.md")), StringComparison.Ordinal);
    }

    [Fact]
    public void Readme_LinksLeadSomewhere()
    {
        var links = RelativeLink().Matches(File.ReadAllText(Repository.PathOf("README.md"))).Select(match => match.Groups[1].Value).ToList();

        Assert.NotEmpty(links);
        Assert.All(links, link => Assert.True(Path.Exists(Repository.PathOf(link)), link));
    }

    [GeneratedRegex(@"\]\((?!https?:|#)([^)#]+)")]
    private static partial Regex RelativeLink();
}
