using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using OffloadedPolling.IntegrationTests.Page;
using static Microsoft.Playwright.Assertions;

namespace OffloadedPolling.IntegrationTests.Documents;

/// <summary>The documentation site is built without a warning, is complete, and its links work.</summary>
public sealed partial class DocumentationSiteTests(DocumentationSite site, Browser browser)
    : IClassFixture<DocumentationSite>, IClassFixture<Browser>
{
    private const float Patience = 60_000;

    private static readonly string[] _sections = ["tutorial", "how-to", "reference", "explanation"];

    private static readonly IEnumerable<string> _documents = Repository.FilesUnder("docs", "*.md")
        .Select(page => Path.ChangeExtension(Path.GetRelativePath(Repository.PathOf("docs"), page), ".html"));

    private static readonly IEnumerable<Type> _publicTypes = Library.Assemblies.SelectMany(assembly => assembly.GetExportedTypes());

    [Fact]
    public void Build_OfThisRepository_GivesNoWarning()
    {
        site.ExitCode.Should().Be(0, site.Output);
        site.Output.Should().Contain("0 warning(s)").And.NotContain("warning:").And.NotContain(": warning ");
    }

    [Fact]
    public async Task Build_BrokenReferences_Fails()
    {
        var (exitCode, output) = await site.BuildChangedAsync(copy =>
        {
            copy.Append("docs/index.md", "\n[page](how-to/gone.md) [heading](how-to/bucket.md#gone) <xref:OffloadedPolling.Gone>\n");
            copy.Append("docs/tutorial/toc.yml", "- name: Gone\n  href: gone-too.md\n");
            copy.ReplaceInComments("OffloadedPolling.Client", "cref=\"T:OffloadedPolling.", "cref=\"!:Gone.");
        });

        exitCode.Should().NotBe(0, output);
        output.Should().Contain("how-to/gone.md").And.Contain("bookmark named 'gone'").And.Contain("\"<xref:OffloadedPolling.Gone>\"")
            .And.Contain("tutorial/gone-too.md").And.Contain("\"!:Gone.").And.Contain("5 warning(s)");
    }

    [Fact]
    public void EveryDocument_HasAPage() =>
        _documents.Append("README.html").Append("CHANGELOG.html").Append("samples/Orders/README.html")
            .Should().OnlyContain(page => File.Exists(Path.Combine(site.Folder, page)));

    [Fact]
    public void EveryDocument_IsInTheNavigation() =>
        _sections.SelectMany(section => Pages(Read($"{section}/toc.json")).Select(page => $"{section}/{page}"))
            .Should().BeEquivalentTo(_documents.Where(page => page != "index.html"));

    [Fact]
    public void ApiPages_AreThoseOfThePublicTypes()
    {
        var expected = _publicTypes.Select(type => type.FullName!.Replace('+', '.').Replace('`', '-'))
            .Concat(_publicTypes.Select(type => type.Namespace!)).Distinct().Append("toc");

        Directory.EnumerateFiles(Path.Combine(site.Folder, "api"), "*.html").Select(Path.GetFileNameWithoutExtension)
            .Should().BeEquivalentTo(expected);
    }

    [Fact]
    public void SearchIndex_HasGuidesAndTypes()
    {
        var index = Read("index.json");

        index.GetProperty("how-to/idempotency.html").GetProperty("summary").GetString().Should().Contain("Idempotency-Key");
        index.GetProperty("api/OffloadedPolling.Client.OperationPoller.html").GetProperty("title").GetString()
            .Should().Contain("OperationPoller");
    }

    [Fact]
    public void RelativeLinks_LeadToFilesOfTheSite()
    {
        var broken =
            from page in Directory.EnumerateFiles(site.Folder, "*.html", SearchOption.AllDirectories)
            from match in Link().Matches(File.ReadAllText(page))
            let target = Path.Combine(Path.GetDirectoryName(page)!, Uri.UnescapeDataString(match.Groups[1].Value))
            where !File.Exists(target)
            select $"{Path.GetRelativePath(site.Folder, page)}: {match.Groups[1].Value}";

        broken.Should().BeEmpty();
    }

    [Fact]
    public async Task Search_FindsAGuide()
    {
        await using var server = await SiteServer.StartAsync(site.Folder);
        var page = await VisitAsync($"{server.Address}/index.html");

        await page.GetByRole(AriaRole.Searchbox).FillAsync("idempotency", new() { Timeout = Patience });

        await Expect(page.Locator("#search-results"))
            .ToContainTextAsync("Accept a retried request only once", new() { Timeout = Patience });
    }

    [Fact]
    public async Task Pages_DrawTheirDiagrams_AndLoadNothingFromElsewhere()
    {
        await using var server = await SiteServer.StartAsync(site.Folder);
        var page = await VisitAsync("about:blank");
        var requests = new List<string>();
        page.Request += (_, request) => requests.Add(request.Url);

        await page.GotoAsync($"{server.Address}/explanation/how-it-works.html");

        await Expect(page.Locator(".mermaid svg")).ToBeVisibleAsync(new() { Timeout = Patience });
        requests.Should().OnlyContain(url => url.StartsWith(server.Address, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("light")]
    [InlineData("dark")]
    public async Task Picture_IsThatOfTheChosenTheme(string theme)
    {
        await using var server = await SiteServer.StartAsync(site.Folder);
        var page = await VisitAsync($"{server.Address}/README.html");

        await page.EvaluateAsync("theme => document.documentElement.dataset.bsTheme = theme", theme);

        await Expect(page.Locator("picture img")).ToHaveJSPropertyAsync(
            "currentSrc", $"{server.Address}/docs/images/road-{theme}.svg", new() { Timeout = Patience });
    }

    private async Task<IPage> VisitAsync(string address)
    {
        var page = await browser.NewPageAsync([]);
        await page.GotoAsync(address);
        return page;
    }

    private static IEnumerable<string> Pages(JsonElement entry)
    {
        var below = entry.TryGetProperty("items", out var items) ? items.EnumerateArray().SelectMany(Pages) : [];
        return entry.TryGetProperty("href", out var page) ? below.Prepend(page.GetString()!) : below;
    }

    private JsonElement Read(string file) => JsonDocument.Parse(File.ReadAllText(Path.Combine(site.Folder, file))).RootElement;

    [GeneratedRegex("""\b(?:href|src|srcset)="(?![a-z]+:)([^"#?]+)""")]
    private static partial Regex Link();
}
