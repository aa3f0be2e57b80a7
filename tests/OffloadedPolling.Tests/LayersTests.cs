using System.Reflection;
using OffloadedPolling.AspNetCore;
using OffloadedPolling.Client.S3;
using OffloadedPolling.Sqlite;
using OffloadedPolling.Sts;

namespace OffloadedPolling.Tests;

/// <summary>
/// Checks which assemblies each package references: Client, then Core, then the providers, then what needs both a provider and a host.
/// </summary>
public sealed class LayersTests
{
    private static readonly Assembly _client = typeof(OperationStatus).Assembly;

    private static readonly Assembly _core = typeof(IOffloadedOperations).Assembly;

    [Fact]
    public void Client_ReferencesOnlyBaseClassLibrary() => ReferencesOf(_client).Should().OnlyContain(name => name.StartsWith("System"));

    [Fact]
    public void ClientS3_ReferencesOnlyClientAndSdk() =>
        ReferencesOf(typeof(S3StatusReader).Assembly).Should().BeEquivalentTo("OffloadedPolling.Client", "AWSSDK.Core", "AWSSDK.S3");

    [Fact]
    public void Core_ReferencesOnlyClient() => ReferencesOf(_core).Should().BeEquivalentTo("OffloadedPolling.Client");

    [Fact]
    public void Providers_ReferenceCoreAndNotEachOther()
    {
        ReferencesOf(typeof(S3Options).Assembly).Should().BeEquivalentTo(
            "OffloadedPolling.Client", "OffloadedPolling.Core", "AWSSDK.Core", "AWSSDK.Extensions.NETCore.Setup", "AWSSDK.S3",
            "AWSSDK.SQS");
        ReferencesOf(typeof(SqliteOptions).Assembly).Should().OnlyContain(name =>
            name == "OffloadedPolling.Client" || name == "OffloadedPolling.Core" || name.Contains("SQLite") || name.Contains("Sqlite"));
    }

    [Fact]
    public void AspNetCore_ReferencesCoreAndNoProvider() =>
        ReferencesOf(typeof(OperationResults).Assembly).Should().BeEquivalentTo("OffloadedPolling.Client", "OffloadedPolling.Core");

    [Fact]
    public void Sts_ReferencesHostPackages() => ReferencesOf(typeof(StsOptions).Assembly).Should().BeEquivalentTo(
        "OffloadedPolling.Client", "OffloadedPolling.Core", "OffloadedPolling", "OffloadedPolling.AspNetCore", "AWSSDK.Core",
        "AWSSDK.Extensions.NETCore.Setup",
        "AWSSDK.SecurityToken");

    // References to .NET and ASP.NET Core are allowed, except in the client.
    private static IEnumerable<string> ReferencesOf(Assembly assembly) =>
        assembly.GetReferencedAssemblies().Select(reference => reference.Name!)
            .Where(name => assembly == _client || !(name.StartsWith("System", StringComparison.Ordinal)
                || name.StartsWith("Microsoft.Extensions", StringComparison.Ordinal)
                || name.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal)
                || name.StartsWith("Microsoft.Net.Http", StringComparison.Ordinal)));
}
