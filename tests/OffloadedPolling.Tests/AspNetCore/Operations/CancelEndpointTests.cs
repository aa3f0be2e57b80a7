using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using NSubstitute;
using NSubstitute.ExceptionExtensions;
using OffloadedPolling.Tests.Conformance;
using OffloadedPolling.Tests.Shared;

namespace OffloadedPolling.Tests.AspNetCore.Operations;

/// <summary>Responses of the cancel endpoint.</summary>
public sealed class CancelEndpointTests : SqliteHostTests
{
    [Fact]
    public async Task Post_WaitingOperation_Returns202AndDocumentEachTime()
    {
        var accepted = await Host.Operations.AcceptAsync(new Parcel("Ada"));

        for (var request = 0; request < 3; request++)
        {
            using var response = await PostAsync(Host, accepted.Id);

            response.StatusCode.Should().Be(HttpStatusCode.Accepted);
            (response.Content.Headers.ContentType!.MediaType, response.Headers.CacheControl!.ToString())
                .Should().Be(("application/json", "no-store"));
            var body = await response.Content.ReadFromJsonAsync(OperationJson.Status);
            (body!.Id, body.State).Should().Be((accepted.Id, OperationState.Canceled));
        }
    }

    [Fact]
    public async Task Post_RunningOperation_Returns202AndRequestsCancel()
    {
        var id = await WriteAsync(OperationState.Running);

        for (var request = 0; request < 3; request++)
        {
            using var response = await PostAsync(Host, id);
            response.StatusCode.Should().Be(HttpStatusCode.Accepted);
            (await response.Content.ReadFromJsonAsync(OperationJson.Status))!.State.Should().Be(OperationState.Running);
        }

        var metadata = (await Host.Store.GetAsync(id, default))!.Metadata;
        metadata.Should().Be(
            new OperationMetadata { OwnerMessageId = "7", ClaimId = "c-7", CancelRequested = true, PayloadFingerprint = "f00" });
    }

    [Theory]
    [InlineData(OperationState.Succeeded)]
    [InlineData(OperationState.Failed)]
    public async Task Post_EndedOperation_Returns409AndKeepsDocument(OperationState end)
    {
        var id = await WriteAsync(end);
        var before = await Host.Store.GetAsync(id, default);

        using var response = await PostAsync(Host, id);

        response.StatusCode.Should().Be(HttpStatusCode.Conflict);
        (await ProblemAsync(response)).GetProperty("detail").GetString().Should().Contain($"{end}");
        (await Host.Store.GetAsync(id, default)).Should().Be(before);
    }

    [Theory]
    [InlineData("ffffffffffffffffffffffffffffffff")]
    [InlineData("no-id")]
    public async Task Post_UnknownOperation_Returns404(string id)
    {
        using var response = await PostAsync(Host, id);

        response.StatusCode.Should().Be(HttpStatusCode.NotFound);
        (await ProblemAsync(response)).GetProperty("status").GetInt32().Should().Be(404);
    }

    [Fact]
    public async Task Post_StoreIsDown_Returns503WithRetryAfter()
    {
        var store = Substitute.For<IOperationStatusStore>();
        store.GetAsync(Arg.Any<string>(), Arg.Any<CancellationToken>()).ThrowsAsync(new OperationStoreException("Down: secret-bucket."));
        await using var host = await ConformanceHost.StartAsync(Provider, build: builder => builder.Services.AddSingleton(store));

        using var response = await PostAsync(host, TestDocuments.Id);

        response.StatusCode.Should().Be(HttpStatusCode.ServiceUnavailable);
        response.Headers.RetryAfter!.Delta.Should().Be(TimeSpan.FromSeconds(5));
        (await response.Content.ReadAsStringAsync()).Should().NotContain("secret");
    }

    [Fact]
    public async Task Post_GroupFilterRejects_Returns401AndKeepsOperation()
    {
        await using var host = await ConformanceHost.StartAsync(
            Provider, group: group => group.AddEndpointFilter((_, _) => ValueTask.FromResult<object?>(Results.Unauthorized())));
        var accepted = await host.Operations.AcceptAsync(new Parcel("Ada"));

        using var response = await PostAsync(host, accepted.Id);

        response.StatusCode.Should().Be(HttpStatusCode.Unauthorized);
        (await host.Operations.GetAsync(accepted.Id))!.State.Should().Be(OperationState.NotStarted);
    }

    private protected override Task<ConformanceHost> StartAsync() => ConformanceHost.StartAsync(Provider);

    private static Task<HttpResponseMessage> PostAsync(ConformanceHost host, string id) =>
        host.Http.PostAsync(new Uri(host.Address, $"/operations/{id}/cancel"), null);

    private static async Task<JsonElement> ProblemAsync(HttpResponseMessage response)
    {
        response.Content.Headers.ContentType!.MediaType.Should().Be("application/problem+json");
        return await response.Content.ReadFromJsonAsync<JsonElement>();
    }

    private async Task<string> WriteAsync(OperationState state)
    {
        await Host.Store.CreateAsync(
            TestDocuments.Waiting() with { State = state, Attempt = 1 },
            new OperationMetadata { OwnerMessageId = "7", ClaimId = "c-7", PayloadFingerprint = "f00" }, default);
        return TestDocuments.Id;
    }
}
