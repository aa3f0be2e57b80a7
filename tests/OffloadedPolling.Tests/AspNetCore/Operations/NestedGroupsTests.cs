using System.Net;
using System.Net.Http.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OffloadedPolling.AspNetCore;
using OffloadedPolling.Tests.Shared;
using OffloadedPolling.Tests.Sqlite;

namespace OffloadedPolling.Tests.AspNetCore.Operations;

/// <summary>The operation endpoints inside route groups of the host, with and without a path base.</summary>
public sealed class NestedGroupsTests : IAsyncDisposable
{
    private readonly SqliteProvider _provider = new();

    private readonly HttpClient _http = new(new HttpClientHandler { AllowAutoRedirect = false });

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _provider.DisposeAsync();
    }

    [Theory]
    [InlineData("", "/v1/work", "/operations", "/v1/work/operations")]
    [InlineData("/shop", "/v1/work", "/operations", "/shop/v1/work/operations")]
    [InlineData("/shop", "/v1", "", "/shop/v1")]
    [InlineData("/shop", "/v1", "operations/", "/shop/v1/operations")]
    public async Task MapOperations_InGroup_ReturnsWorkingUrls(string pathBase, string group, string pattern, string expected)
    {
        await using var app = await StartAsync(app =>
        {
            app.UsePathBase(pathBase);
            Map(app.MapGroup(group), pattern);
        });

        await AssertWorksAsync(app, $"{pathBase}{group}", expected);
    }

    [Fact]
    public async Task MapOperations_InMappedBranch_ReturnsWorkingUrls()
    {
        await using var app = await StartAsync(app => app.Map("/branch", branch =>
        {
            branch.UseRouting();
            branch.UseEndpoints(endpoints => Map(endpoints, "/operations"));
        }));

        await AssertWorksAsync(app, "/branch", "/branch/operations");
    }

    private async Task AssertWorksAsync(WebApplication app, string parcels, string operations)
    {
        using var answer = await _http.PostAsync(new Uri(app.Urls.First() + parcels + "/parcels"), null);
        answer.StatusCode.Should().Be(HttpStatusCode.Accepted);
        var accepted = (await answer.Content.ReadFromJsonAsync(OperationJson.Accepted))!;
        accepted.OperationUrl.Should().Be($"{operations}/{accepted.Id}");
        var renewed = await _http.GetFromJsonAsync(new Uri(app.Urls.First() + accepted.OperationUrl + "/url"), OperationJson.Accepted);
        using var status = await _http.GetAsync(new Uri(renewed!.StatusUrl));
        status.StatusCode.Should().Be(HttpStatusCode.OK);
        using var canceled = await _http.PostAsync(new Uri(app.Urls.First() + accepted.OperationUrl + "/cancel"), null);
        canceled.StatusCode.Should().Be(HttpStatusCode.Accepted);
    }

    private static void Map(IEndpointRouteBuilder endpoints, string pattern)
    {
        endpoints.MapPost("/parcels", (IOffloadedOperations operations) => OperationResults.AcceptAsync(operations, new Parcel("Ada")));
        _ = pattern.Length > 0 ? endpoints.MapOperations(pattern) : endpoints.MapOperations("/");
    }

    private async Task<WebApplication> StartAsync(Action<WebApplication> use)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        RecordingLogger.Watch(builder.Logging.ClearProviders());
        _provider.Choose(builder.Services.AddOffloadedPolling().AddOperation<Parcel>("parcels", ParcelJson.Default));
        var app = builder.Build();
        use(app);
        await app.StartAsync();
        return app;
    }
}
