using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using OffloadedPolling.AspNetCore;
using OffloadedPolling.Tests.Conformance;
using OffloadedPolling.Tests.Shared;
using OffloadedPolling.Tests.Sqlite;

namespace OffloadedPolling.Tests.AspNetCore.Accepting;

/// <summary>The response when a status document has no room for the host's content.</summary>
public sealed class UnfitDocumentEndpointTests : IAsyncDisposable
{
    private readonly SqliteProvider _provider = new();

    public ValueTask DisposeAsync() => _provider.DisposeAsync();

    [Fact]
    public async Task Post_ResourceLocationTooLong_Returns500AndLogs()
    {
        await using var host = await ConformanceHost.StartAsync(_provider, options => options.MaxDocumentBytes = 2048, use: Map);

        var address = new Uri(host.Address, "/parcels");
        using var response = await host.Http.PostAsJsonAsync(address, new Parcel("Ada"), ParcelJson.Default.Parcel);

        response.StatusCode.Should().Be(HttpStatusCode.InternalServerError);
        response.Content.Headers.ContentType!.MediaType.Should().Be("application/problem+json");
        var body = await response.Content.ReadFromJsonAsync<JsonElement>();
        body.GetProperty("title").GetString().Should().Be("The operation could not be accepted");
        body.GetProperty("detail").GetString().Should().NotContain("MaxDocumentBytes");
        response.Headers.RetryAfter.Should().BeNull();
        host.Log.Entries.Should().ContainSingle(entry => entry.Id == 601).Which.Text.Should().Contain("are reserved");
        (await _provider.CountDocumentsAsync()).Should().Be(0);
    }

    private static void Map(WebApplication app) => app.MapPost("/parcels", AcceptAsync);

    private static Task<AcceptOperationResult> AcceptAsync(
        Parcel parcel, IOffloadedOperations operations, CancellationToken cancellationToken)
    {
        var options = new AcceptOptions { ResourceLocation = _ => new string('x', 1828) };
        return OperationResults.AcceptAsync(operations, parcel, options, cancellationToken);
    }
}
