using System.Net;
using System.Net.Http.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.OutputCaching;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using OffloadedPolling.Tests.Conformance;
using OffloadedPolling.Tests.Shared;

namespace OffloadedPolling.Tests.AspNetCore.Operations;

/// <summary>A host whose output cache policy stores every response. The library's endpoints must opt out.</summary>
public sealed class OutputCacheTests : SqliteHostTests
{
    private Action<RouteGroupBuilder>? _group;

    private int _served;

    // Shows that the cache works. Otherwise, the other tests would prove nothing.
    [Fact]
    public async Task OtherEndpoint_CalledTwice_IsServedFromCache()
    {
        var first = await Host.Http.GetStringAsync(new Uri(Host.Address, "/other"));
        var second = await Host.Http.GetStringAsync(new Uri(Host.Address, "/other"));

        second.Should().Be(first);
    }

    [Theory]
    [InlineData("typed")]
    [InlineData("erased")]
    [InlineData("own")]
    public async Task Accept_CalledTwice_AcceptsTwoOperations(string endpoint)
    {
        var first = await AcceptAsync(endpoint);
        var second = await AcceptAsync(endpoint);

        second.Id.Should().NotBe(first.Id);
    }

    [Fact]
    public async Task StatusUrl_DocumentChanged_ReturnsNewDocument()
    {
        var accepted = await AcceptAsync("typed");
        (await ReadAsync(accepted.StatusUrl)).State.Should().Be(OperationState.NotStarted);

        await Host.Operations.CancelAsync(accepted.Id);

        (await ReadAsync(accepted.StatusUrl)).State.Should().Be(OperationState.Canceled);
    }

    [Fact]
    public async Task StatusUrl_AfterDelete_Returns404()
    {
        var accepted = await AcceptAsync("typed");
        await ReadAsync(accepted.StatusUrl);

        await Host.Operations.DeleteAsync(accepted.Id);

        (await Host.StatusOfAsync(accepted.StatusUrl)).Should().Be(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("")]
    [InlineData("/url")]
    public async Task Renewal_AfterDelete_Returns404(string path)
    {
        var accepted = await AcceptAsync("typed");
        var url = new Uri(Host.Address, $"/operations/{accepted.Id}{path}").ToString();
        (await Host.StatusOfAsync(url)).Should().BeOneOf(HttpStatusCode.OK, HttpStatusCode.SeeOther);

        await Host.Operations.DeleteAsync(accepted.Id);

        (await Host.StatusOfAsync(url)).Should().Be(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Renewal_UnknownOperation_IsNotCached()
    {
        var url = new Uri(Host.Address, $"/operations/{TestDocuments.Id}/url").ToString();
        (await Host.StatusOfAsync(url)).Should().Be(HttpStatusCode.NotFound);

        await Host.Store.CreateAsync(TestDocuments.Waiting(), OperationMetadata.Empty, default);

        (await Host.StatusOfAsync(url)).Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Cancel_AfterDelete_Returns404()
    {
        var accepted = await AcceptAsync("typed");
        var url = new Uri(Host.Address, $"/operations/{accepted.Id}/cancel").ToString();
        using var canceled = await Host.GetAsync(url, method: HttpMethod.Post);
        canceled.StatusCode.Should().Be(HttpStatusCode.Accepted);

        await Host.Operations.DeleteAsync(accepted.Id);

        using var unknown = await Host.GetAsync(url, method: HttpMethod.Post);
        unknown.StatusCode.Should().Be(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task CacheOutput_OnGroup_HasNoEffect()
    {
        _group = group => group.CacheOutput(CacheEverything);
        await Host.DisposeAsync();
        Host = await StartAsync();

        await Renewal_AfterDelete_Returns404("/url");
    }

    private async Task<AcceptedOperation> AcceptAsync(string endpoint)
    {
        using var response = await Host.Http.PostAsync(new Uri(Host.Address, $"/{endpoint}"), null);
        response.StatusCode.Should().Be(HttpStatusCode.Accepted);
        return (await response.Content.ReadFromJsonAsync(OperationJson.Accepted))!;
    }

    private async Task<OperationStatus> ReadAsync(string statusUrl) =>
        (await Host.Http.GetFromJsonAsync(statusUrl, OperationJson.Status))!;

    private static void CacheEverything(OutputCachePolicyBuilder policy) => policy.AddPolicy<EverythingPolicy>();

    private protected override Task<ConformanceHost> StartAsync() => ConformanceHost.StartAsync(
        Provider,
        build: builder => builder.Services.AddOutputCache(cache => cache.AddBasePolicy(new EverythingPolicy())),
        group: group => _group?.Invoke(group),
        use: app =>
        {
            app.UseOutputCache();
            app.MapGet("/other", () => $"{Interlocked.Increment(ref _served)}");
            EndpointTestBase.MapAccepts(app);
        });

    /// <summary>Stores what the default policy of ASP.NET Core does not: responses to POST, and responses other than 200.</summary>
    private sealed class EverythingPolicy : IOutputCachePolicy
    {
        public ValueTask CacheRequestAsync(OutputCacheContext context, CancellationToken cancellation)
        {
            context.EnableOutputCaching = true;
            context.AllowCacheLookup = true;
            context.AllowCacheStorage = true;
            context.ResponseExpirationTimeSpan = TimeSpan.FromHours(1);
            context.CacheVaryByRules.QueryKeys = "*";
            return ValueTask.CompletedTask;
        }

        public ValueTask ServeFromCacheAsync(OutputCacheContext context, CancellationToken cancellation) => ValueTask.CompletedTask;

        public ValueTask ServeResponseAsync(OutputCacheContext context, CancellationToken cancellation) => ValueTask.CompletedTask;
    }
}
