using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OffloadedPolling.AspNetCore;
using OffloadedPolling.Tests.Conformance;
using OffloadedPolling.Tests.Shared;

namespace OffloadedPolling.Tests.AspNetCore.Accepting;

/// <summary>Responses to requests whose payload can never be queued.</summary>
public sealed class RefusedPayloadEndpointTests : SqliteHostTests
{
    [Theory]
    [InlineData("1%EF%BF%BF", 1, HttpStatusCode.BadRequest, "The request contains characters that are not allowed", "control characters")]
    [InlineData("12345678", 140_000, HttpStatusCode.RequestEntityTooLarge, "The request is too large", "1048576")]
    public async Task Post_PayloadCannotBeQueued_ReturnsProblemAndLogsNoError(
        string json, int repeat, HttpStatusCode status, string title, string detail)
    {
        using var response = await Host.Http.PostAsync(new Uri(Host.Address, $"/note?json={json}&repeat={repeat}"), content: null);

        response.StatusCode.Should().Be(status);
        response.Content.Headers.ContentType!.MediaType.Should().Be("application/problem+json");
        response.Headers.RetryAfter.Should().BeNull();
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>();
        problem.GetProperty("title").GetString().Should().Be(title);
        problem.GetProperty("detail").GetString().Should().Contain(detail);
        Host.Log.Entries.Should().NotContain(entry => entry.Level >= LogLevel.Error);
        (await Provider.CountDocumentsAsync()).Should().Be(0);
    }

    private protected override Task<ConformanceHost> StartAsync() => ConformanceHost.StartAsync(
        Provider,
        use: app => app.MapPost("/note", (string json, int repeat, IOffloadedOperations operations, CancellationToken cancellationToken) =>
            OperationResults.AcceptAsync(operations, new RawNote(string.Concat(Enumerable.Repeat(json, repeat))), cancellationToken)),
        build: builder => builder.AddOperation<RawNote>("notes"));
}
