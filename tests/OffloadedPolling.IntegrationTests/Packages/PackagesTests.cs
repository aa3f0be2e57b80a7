using System.IO.Compression;
using System.Reflection.PortableExecutable;
using System.Xml.Linq;

namespace OffloadedPolling.IntegrationTests.Packages;

/// <summary>The packages as users get them from a package source.</summary>
[Collection(nameof(LocalPackages))]
public sealed class PackagesTests(LocalPackages packages)
{
    private static readonly string[] _templates = ["offloaded-minimal", "offloaded-api", "offloaded-lambda"];

    [Fact]
    public void Pack_CreatesPackagesAndSymbols() => packages.Files.Should().Equal(
        "OffloadedPolling.AspNetCore.OpenApi.nupkg", "OffloadedPolling.AspNetCore.OpenApi.snupkg",
        "OffloadedPolling.AspNetCore.nupkg", "OffloadedPolling.AspNetCore.snupkg",
        "OffloadedPolling.Client.S3.nupkg", "OffloadedPolling.Client.S3.snupkg",
        "OffloadedPolling.Client.nupkg", "OffloadedPolling.Client.snupkg",
        "OffloadedPolling.Core.nupkg", "OffloadedPolling.Core.snupkg",
        "OffloadedPolling.Provisioning.nupkg", "OffloadedPolling.Provisioning.snupkg",
        "OffloadedPolling.Sqlite.nupkg", "OffloadedPolling.Sqlite.snupkg",
        "OffloadedPolling.Sts.nupkg", "OffloadedPolling.Sts.snupkg",
        "OffloadedPolling.Templates.nupkg",
        "OffloadedPolling.nupkg", "OffloadedPolling.snupkg");

    [Theory]
    [InlineData("OffloadedPolling.Client")]
    [InlineData("OffloadedPolling.Client.S3", "OffloadedPolling.Client", "AWSSDK.S3")]
    [InlineData(
        "OffloadedPolling.Core", "OffloadedPolling.Client", "Microsoft.Extensions.Hosting.Abstractions", "Microsoft.Extensions.Options",
        "Microsoft.Extensions.Options.ConfigurationExtensions")]
    [InlineData(
        "OffloadedPolling", "OffloadedPolling.Core", "AWSSDK.Extensions.NETCore.Setup", "AWSSDK.S3", "AWSSDK.SQS",
        "Microsoft.Extensions.Hosting.Abstractions", "Microsoft.Extensions.Options",
        "Microsoft.Extensions.Options.ConfigurationExtensions")]
    [InlineData("OffloadedPolling.AspNetCore", "OffloadedPolling.Core")]
    [InlineData("OffloadedPolling.AspNetCore.OpenApi", "OffloadedPolling.AspNetCore", "Microsoft.AspNetCore.OpenApi", "Microsoft.OpenApi")]
    [InlineData(
        "OffloadedPolling.Provisioning", "OffloadedPolling", "AWSSDK.Extensions.NETCore.Setup", "AWSSDK.S3", "AWSSDK.SQS",
        "Microsoft.Extensions.Hosting.Abstractions", "Microsoft.Extensions.Options",
        "Microsoft.Extensions.Options.ConfigurationExtensions")]
    [InlineData(
        "OffloadedPolling.Sqlite", "OffloadedPolling.Core", "Microsoft.Data.Sqlite", "Microsoft.Extensions.Hosting.Abstractions",
        "Microsoft.Extensions.Logging", "Microsoft.Extensions.Options", "Microsoft.Extensions.Options.ConfigurationExtensions")]
    [InlineData(
        "OffloadedPolling.Sts", "OffloadedPolling", "OffloadedPolling.AspNetCore", "AWSSDK.Extensions.NETCore.Setup", "AWSSDK.S3",
        "AWSSDK.SQS", "AWSSDK.SecurityToken")]
    public void Package_HasExpectedContentAndDependencies(string id, params string[] dependencies)
    {
        using var package = ZipFile.OpenRead(packages.PathOf(id));
        using var symbols = ZipFile.OpenRead(packages.PathOf(id, "snupkg"));

        Content(package).Should().Equal("README.md", $"lib/net10.0/{id}.dll", $"lib/net10.0/{id}.xml");
        Content(symbols).Should().Equal($"lib/net10.0/{id}.pdb");
        var metadata = Metadata(package);
        AssertDescribed(metadata, id);
        var needed = metadata.Descendants().Where(element => element.Name.LocalName == "dependency").ToDictionary(Id, element =>
            (string)element.Attribute("version")!);
        needed.Keys.Order().Should().Equal(dependencies.Order());
        foreach (var own in needed.Where(dependency => dependency.Key.StartsWith("OffloadedPolling", StringComparison.Ordinal)))
        {
            own.Value.Should().Be(packages.Version);
        }
        using var assembly = new PEReader(new MemoryStream(Bytes(package, $"lib/net10.0/{id}.dll")));
        assembly.ReadDebugDirectory().Should().Contain(entry => entry.Type == DebugDirectoryEntryType.Reproducible);
    }

    [Fact]
    public void TemplatePackage_ContainsSamples()
    {
        using var package = ZipFile.OpenRead(packages.PathOf("OffloadedPolling.Templates"));

        var metadata = Metadata(package);
        AssertDescribed(metadata, "OffloadedPolling.Templates");
        ((string)metadata.Descendants().Single(element => element.Name.LocalName == "packageType").Attribute("name")!)
            .Should().Be("Template");
        metadata.Descendants().Should().NotContain(element => element.Name.LocalName == "dependency");
        var content = Content(package).ToList();
        content.Where(file => file != "README.md").Select(file => string.Join('/', file.Split('/')[..2])).Distinct()
            .Should().BeEquivalentTo(_templates.Select(template => $"content/{template}"));
        content.Should().AllSatisfy(file => (Path.GetExtension(file) is ".cs" or ".csproj" or ".css" or ".dockerignore"
            or ".gitignore" or ".html" or ".js" or ".json" or ".md" or ".service" or ".svg" or ".yaml" or "").Should().BeTrue(file));
        content.Should().Contain(_templates.Select(template => $"content/{template}/.template.config/template.json"));
        content.Should().Contain(_templates.Select(template => $"content/{template}/.gitignore"));

        // The same bytes as in the sample: the template engine changes them only when it creates a project.
        Bytes(package, "content/offloaded-lambda/Placing/CreateOrder.cs")
            .Should().Equal(File.ReadAllBytes(Repository.PathOf("samples/Orders/Placing/CreateOrder.cs")));
        Sources(content, "content/offloaded-api/").Should().Equal(Sources("samples/Orders"));
        Sources(content, "content/offloaded-minimal/").Should().Equal(Sources("samples/Reports"));
    }

    private static IEnumerable<string> Sources(string sample) => Sources(
        Directory.EnumerateFiles(Repository.PathOf(sample), "*.cs", SearchOption.AllDirectories).Select(path =>
            Path.GetRelativePath(Repository.PathOf(sample), path)), "");

    private static IEnumerable<string> Sources(IEnumerable<string> files, string folder) =>
        files.Where(file => file.StartsWith(folder, StringComparison.Ordinal)
            && Path.GetExtension(file) == ".cs").Select(file => file[folder.Length..]).Order(StringComparer.Ordinal);

    private static void AssertDescribed(XElement metadata, string id)
    {
        var values = metadata.Elements()
            .GroupBy(element => element.Name.LocalName).ToDictionary(group => group.Key, group => group.First().Value);
        (values["id"], values["license"], values["readme"]).Should().Be((id, "MIT", "README.md"));
        ((string[])["authors", "description", "tags"]).Should().AllSatisfy(name => values[name].Should().NotBeEmpty());
    }

    private static string Id(XElement element) => (string)element.Attribute("id")!;

    private static XElement Metadata(ZipArchive package)
    {
        using var nuspec = package.Entries.Single(entry => entry.Name.EndsWith(".nuspec", StringComparison.Ordinal)).Open();
        return XDocument.Load(nuspec).Root!.Elements().Single();
    }

    // Without what NuGet adds to every package.
    private static IEnumerable<string> Content(ZipArchive package) => package.Entries.Select(entry => entry.FullName)
        .Where(name => name != "[Content_Types].xml"
            && !name.StartsWith("_rels/", StringComparison.Ordinal) && !name.StartsWith("package/", StringComparison.Ordinal)
            && Path.GetExtension(name) != ".nuspec")
        .Order(StringComparer.Ordinal);

    private static byte[] Bytes(ZipArchive package, string name)
    {
        using var content = new MemoryStream();
        using var entry = package.GetEntry(name)!.Open();
        entry.CopyTo(content);
        return content.ToArray();
    }
}
