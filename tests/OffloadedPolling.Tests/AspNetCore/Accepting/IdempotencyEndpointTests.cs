using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using OffloadedPolling.AspNetCore;
using OffloadedPolling.Tests.Conformance;
using OffloadedPolling.Tests.Shared;

namespace OffloadedPolling.Tests.AspNetCore.Accepting;

/// <summary>Responses to requests with an <c>Idempotency-Key</c> header.</summary>
public sealed class IdempotencyEndpointTests : SqliteHostTests
{
    private const string Key = "6a1f0c4e-7f5b-4a0e-9d3c-2b8e1f7a6d5c";

    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);

    [Fact]
    public async Task Post_SameKeyAndPayload_ReturnsSameOperation()
    {
        using var first = await PostAsync("Ada", Key);
        using var again = await PostAsync("Ada", Key);
        using var without = await PostAsync("Ada", null);

        new[] { first, again, without }.Should().AllSatisfy(response => response.StatusCode.Should().Be(HttpStatusCode.Accepted));
        var id = await IdAsync(first);
        (await IdAsync(again)).Should().Be(id);
        (await IdAsync(without)).Should().NotBe(id);
    }

    [Theory]
    [InlineData("Bob", Key, HttpStatusCode.UnprocessableEntity)]
    [InlineData("Ada", "0123456789abcde", HttpStatusCode.BadRequest)]
    [InlineData("Ada", "", HttpStatusCode.BadRequest)]
    public async Task Post_KeyRejected_ReturnsProblemAndLogsNoError(string to, string key, HttpStatusCode status)
    {
        using var first = await PostAsync("Ada", Key);

        using var response = await PostAsync(to, key);

        response.StatusCode.Should().Be(status);
        response.Content.Headers.ContentType!.MediaType.Should().Be("application/problem+json");
        response.Headers.CacheControl!.ToString().Should().Be("no-store");
        (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("detail").GetString()!.Should().NotBeEmpty();
        Host.Log.Entries.Should().NotContain(entry => entry.Level >= LogLevel.Error);
        (await Provider.CountDocumentsAsync()).Should().Be(1);
    }

    [Fact]
    public async Task Post_RepeatedNearExpiry_RenewsDocument()
    {
        using var first = await PostAsync("Ada", Key);
        var id = await IdAsync(first);
        _time.Advance(TimeSpan.FromHours(11));
        using var early = await PostAsync("Ada", Key);
        var before = await Host.Operations.GetAsync(id);
        _time.Advance(TimeSpan.FromHours(2));

        using var late = await PostAsync("Ada", Key);

        var after = await Host.Operations.GetAsync(id);
        before!.LastUpdatedAt.Should().Be(before.CreatedAt);
        (await IdAsync(late), after!.State).Should().Be((id, OperationState.NotStarted));
        (after.ExpiresAt - before.ExpiresAt).Should().BeCloseTo(TimeSpan.FromHours(13), TimeSpan.FromSeconds(1));
        (await Provider.CountMessagesAsync(ConformanceHost.Kind)).Should().Be(3);
    }

    private protected override Task<ConformanceHost> StartAsync() => ConformanceHost.StartAsync(Provider, time: _time, use: Map);

    private static void Map(WebApplication app) => app.MapPost("/parcel/{to}", (
        string to, [FromHeader(Name = "Idempotency-Key")] string? key, IOffloadedOperations operations,
        CancellationToken cancellationToken) =>
        OperationResults.AcceptAsync(
            operations, new Parcel(to), new AcceptOptions { IdempotencyKey = key, IdempotencyScope = "anonymous" }, cancellationToken));

    private async Task<HttpResponseMessage> PostAsync(string to, string? key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(Host.Address, $"/parcel/{to}"));
        if (key is not null)
        {
            request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        }

        return await Host.Http.SendAsync(request);
    }

    private static async Task<string> IdAsync(HttpResponseMessage response) =>
        (await response.Content.ReadFromJsonAsync(OperationJson.Accepted))!.Id;
}
