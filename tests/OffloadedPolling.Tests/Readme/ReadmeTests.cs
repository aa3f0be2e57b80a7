using System.Text.RegularExpressions;
using System.Xml.Linq;
using OffloadedPolling.Tests.Shared;

namespace OffloadedPolling.Tests.Readme;

/// <summary>The tutorial's commands fit the current version.</summary>
public sealed partial class ReadmeTests
{
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
