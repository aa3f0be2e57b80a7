using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OffloadedPolling.AspNetCore;
using OffloadedPolling.Tests.Conformance;
using OffloadedPolling.Tests.Shared;
using OffloadedPolling.Tests.Sqlite;

namespace OffloadedPolling.Tests.Accepting;

/// <summary>What a caller is answered whose request can never be queued.</summary>
public sealed class RefusedPayloadEndpointTests : IAsyncLifetime
{
    private readonly SqliteProvider _provider = new();

    private ConformanceHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await ConformanceHost.StartAsync(
        _provider,
        use: app => app.MapPost("/note", (string json, int repeat, IOffloadedOperations operations, CancellationToken cancel) =>
            OperationResults.AcceptAsync(operations, new RawNote(string.Concat(Enumerable.Repeat(json, repeat))), cancel)),
        build: builder => builder.AddOperation<RawNote>("notes"));

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _provider.DisposeAsync();
    }

    [Theory]
    [InlineData("1%EF%BF%BF", 1, HttpStatusCode.BadRequest, "The request contains characters that are not allowed", "control characters")]
    [InlineData("12345678", 140_000, HttpStatusCode.RequestEntityTooLarge, "The request is too large", "1048576")]
    public async Task Post_APayloadThatCanNeverBeQueued_IsNoFaultOfTheHosts(string json, int repeat, HttpStatusCode status, string title, string detail)
    {
        using var response = await _host.Http.PostAsync(new Uri(_host.Address, $"/note?json={json}&repeat={repeat}"), content: null);

        response.StatusCode.Should().Be(status);
        response.Content.Headers.ContentType!.MediaType.Should().Be("application/problem+json");
        response.Headers.RetryAfter.Should().BeNull();
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>();
        problem.GetProperty("title").GetString().Should().Be(title);
        problem.GetProperty("detail").GetString().Should().Contain(detail);
        _host.Log.Entries.Should().NotContain(entry => entry.Level >= LogLevel.Error);
        (await _provider.CountDocumentsAsync()).Should().Be(0);
    }
}
