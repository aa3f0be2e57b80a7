using System.Text.RegularExpressions;
using System.Xml.Linq;
using OffloadedPolling.Tests.Shared;

namespace OffloadedPolling.Tests.Readme;

/// <summary>Checks that the code in the README, the tutorial and the how-to guides is compiled in this project.</summary>
public sealed partial class ReadmeTests
{
    [Theory]
    [InlineData("README.md", "Host.cs", "host")]
    [InlineData("README.md", "Host.cs", "handler")]
    [InlineData("README.md", "Host.cs", "json")]
    [InlineData("README.md", "Host.cs", "caller")]
    [InlineData("docs/how-to/idempotency.md", "Host.cs", "key")]
    [InlineData("docs/tutorial/first-host.md", "Tutorial.cs", "host")]
    [InlineData("docs/tutorial/first-host.md", "Tutorial.cs", "payload")]
    [InlineData("docs/tutorial/first-host.md", "Tutorial.cs", "handler")]
    [InlineData("docs/tutorial/first-host.md", "Tutorial.cs", "caller")]
    [InlineData("docs/tutorial/onto-aws.md", "Tutorial.cs", "host-on-aws")]
    public void Document_CodeBlock_MatchesCompiledCode(string document, string file, string name)
    {
        var source = File.ReadAllLines(Repository.PathOf($"tests/OffloadedPolling.Tests/Readme/{file}"));
        var lines = source.SkipWhile(line => line.Trim() != $"// begin: {name}")
            .Skip(1).TakeWhile(line => line.Trim() != $"// end: {name}").ToList();
        var indent = lines.Where(line => line.Length > 0).Min(line => line.Length - line.TrimStart().Length);
        // A code block in a list is indented.
        string[] indents = ["", "  ", "   "];
        var blocks = indents.Select(spaces =>
            string.Join('\n', lines.Select(line => line.Length == 0 ? line : $"{spaces}{line[indent..]}")));

        lines.Should().NotBeEmpty();
        var text = File.ReadAllText(Repository.PathOf(document));
        blocks.Any(block => text.Contains($"\n{block}\n", StringComparison.Ordinal)).Should().BeTrue($"{document} must show '{name}'");
    }

    [Fact]
    public void Tutorial_NextPackageVersion_IsHigherThanCurrent()
    {
        var tutorial = File.ReadAllText(Repository.PathOf("docs/tutorial/first-host.md"));
        var current = Version.Parse(XDocument.Load(Repository.PathOf("Directory.Build.props")).Descendants("VersionPrefix").Single().Value);

        // A version with only a suffix is a pre-release of the current version, which is lower.
        tutorial.Should().NotContain("VersionSuffix");
        var again = VersionToPack().Matches(tutorial).Select(match => Version.Parse(match.Groups[1].Value)).ToList();
        again.Should().NotBeEmpty().And.OnlyContain(version => version > current);
    }

    [GeneratedRegex(@"-p:Version=(\d+\.\d+\.\d+)(-[\w.]+)?`")]
    private static partial Regex VersionToPack();
}
