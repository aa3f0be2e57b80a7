using System.Text.RegularExpressions;
using System.Xml.Linq;
using OffloadedPolling.Tests.Shared;

namespace OffloadedPolling.Tests.Readme;

/// <summary>The tutorial's commands fit the current version.</summary>
public sealed partial class ReadmeTests
{
    [Fact]
    public void Tutorial_VersionToPackAgain_IsHigherThanTheVersionBefore()
    {
        var tutorial = File.ReadAllText(Repository.PathOf("docs/tutorial/first-host.md"));
        var current = Version.Parse(XDocument.Load(Repository.PathOf("Directory.Build.props")).Descendants("VersionPrefix").Single().Value);

        // A suffix alone makes a pre-release of the current version, which is lower.
        tutorial.Should().NotContain("VersionSuffix");
        var again = VersionToPack().Matches(tutorial).Select(match => Version.Parse(match.Groups[1].Value)).ToList();
        again.Should().NotBeEmpty().And.OnlyContain(version => version > current);
    }

    [GeneratedRegex(@"-p:Version=(\d+\.\d+\.\d+)(-[\w.]+)?`")]
    private static partial Regex VersionToPack();
}
