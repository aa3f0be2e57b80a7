using System.Text.RegularExpressions;
using System.Xml.Linq;
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
        var lines = source.SkipWhile(line => line.Trim() != $"// begin: {name}")
            .Skip(1).TakeWhile(line => line.Trim() != $"// end: {name}").ToList();
        var indent = lines.Where(line => line.Length > 0).Min(line => line.Length - line.TrimStart().Length);
        var code = string.Join('\n', lines.Select(line => line.Length == 0 ? line : line[indent..]));

        lines.Should().NotBeEmpty();
        File.ReadAllText(Repository.PathOf("README.md")).Should().Contain(code);
    }

    [Fact]
    public void Readme_LinksLeadSomewhere()
    {
        var links = RelativeLink()
            .Matches(File.ReadAllText(Repository.PathOf("README.md"))).Select(match => match.Groups[1].Value).ToList();

        links.Should().NotBeEmpty();
        links.Should().AllSatisfy(link => Path.Exists(Repository.PathOf(link)).Should().BeTrue(link));
    }

    [Fact]
    public void Readme_VersionToPackAgain_IsHigherThanTheVersionBefore()
    {
        var readme = File.ReadAllText(Repository.PathOf("README.md"));
        var current = Version.Parse(XDocument.Load(Repository.PathOf("Directory.Build.props")).Descendants("VersionPrefix").Single().Value);

        // A suffix alone makes a pre-release of the current version, which is lower.
        readme.Should().NotContain("VersionSuffix");
        var again = VersionToPack().Matches(readme).Select(match => Version.Parse(match.Groups[1].Value)).ToList();
        again.Should().NotBeEmpty().And.OnlyContain(version => version > current);
    }

    [GeneratedRegex(@"-p:Version=(\d+\.\d+\.\d+)(-[\w.]+)?`")]
    private static partial Regex VersionToPack();

    [GeneratedRegex(@"\]\((?!https?:|#)([^)#]+)")]
    private static partial Regex RelativeLink();
}
