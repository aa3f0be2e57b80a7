using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using OffloadedPolling.AspNetCore;
using OffloadedPolling.Tests.Conformance;
using OffloadedPolling.Tests.Shared;

namespace OffloadedPolling.Tests.AspNetCore.Operations;

/// <summary>A host whose generated URLs end with a slash.</summary>
public sealed class TrailingSlashTests : SqliteHostTests
{
    [Fact]
    public async Task Poller_UrlsWithTrailingSlash_RenewsUrl()
    {
        using var response = await Host.Http.PostAsync(new Uri(Host.Address, "/parcel"), null);
        var accepted = await OperationPoller.ReadAcceptedAsync(response);
        await Host.Operations.CancelAsync(accepted.Id);
        using var poller = new OperationPoller();

        var waiting = () => poller.WaitForCompletionAsync(poller.GetResumeToken(accepted));

        (await waiting.Should().ThrowAsync<CanceledOperationException>()).Which.Status.Id.Should().Be(accepted.Id);
    }

    [Fact]
    public async Task Renewal_OperationUrlWithoutSlash_Succeeds()
    {
        using var response = await Host.Http.PostAsync(new Uri(Host.Address, "/parcel"), null);
        var operationUrl = (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("operationUrl").GetString()!;

        var renewed = await Host.Http.GetFromJsonAsync<JsonElement>(new Uri(Host.Address, $"{operationUrl.TrimEnd('/')}/url"));

        renewed.GetProperty("operationUrl").GetString().Should().Be(operationUrl);
    }

    private protected override Task<ConformanceHost> StartAsync() => ConformanceHost.StartAsync(
        Provider,
        build: polling => polling.Services.Configure<RouteOptions>(routes => routes.AppendTrailingSlash = true),
        use: Map);

    private static void Map(WebApplication app) =>
        app.MapPost("/parcel", (IOffloadedOperations operations, CancellationToken cancellationToken) =>
            OperationResults.AcceptAsync(operations, new Parcel("Ada"), cancellationToken));
}
