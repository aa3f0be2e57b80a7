using OffloadedPolling.Tests.Shared;

namespace OffloadedPolling.Tests;

/// <summary>Checks rules for all public types.</summary>
public sealed class HouseRulesTests
{
    private static readonly string[] _namespaces = [
        "OffloadedPolling", "OffloadedPolling.Client", "OffloadedPolling.Client.S3", "OffloadedPolling.AspNetCore",
        "OffloadedPolling.Sqlite",
        "OffloadedPolling.Provisioning", "OffloadedPolling.Sts",
        "Microsoft.Extensions.DependencyInjection", "Microsoft.AspNetCore.Builder"];

    private static readonly string[] _wordsToAvoid = ["Manager", "Helper", "Util", "Service", "Job"];

    private static readonly IEnumerable<Type> _publicTypes = Library.Assemblies.SelectMany(assembly => assembly.GetExportedTypes());

    [Fact]
    public void PublicTypes_AreSealedOrStaticOrInterfaces() =>
        _publicTypes.Where(type => type is { IsSealed: false, IsInterface: false } && type != typeof(OffloadedPollingException))
            .Should().BeEmpty();

    [Fact]
    public void PublicTypes_AreInExpectedNamespaces() =>
        _publicTypes.Should().NotContain(type => !_namespaces.Contains(type.Namespace));

    [Fact]
    public void PublicTypes_HaveNoVagueNames() =>
        _publicTypes.Should().NotContain(type => _wordsToAvoid.Any(word =>
            type.Name.Replace("ServiceCollection", "", StringComparison.Ordinal).Contains(word, StringComparison.Ordinal)));
}
