using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Time.Testing;
using OffloadedPolling.AspNetCore;
using OffloadedPolling.Tests.Conformance;
using OffloadedPolling.Tests.Shared;

namespace OffloadedPolling.Tests.Accepting;

/// <summary>Responses for an operation that was accepted earlier: the estimates count from now.</summary>
public sealed class RepeatedAcceptTests : SqliteHostTests
{
    private protected override Task<ConformanceHost> StartAsync() =>
        ConformanceHost.StartAsync(Provider, operation: Expect, time: _time, use: Map);

    private static readonly AcceptOptions _keyed = new()
    {
        IdempotencyKey = "6a1f0c4e-7f5b-4a0e-9d3c-2b8e1f7a6d5c", IdempotencyScope = "anonymous",
    };

    private static readonly TimeSpan _later = TimeSpan.FromSeconds(50);

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 23, 10, 0, 0, TimeSpan.Zero));

    [Fact]
    public async Task AcceptAsync_FirstTime_ReturnsDocumentEstimate()
    {
        var accepted = await Host.Operations.AcceptAsync(new Parcel("Ada"), _keyed);

        var document = await Host.Operations.GetAsync(accepted.Id);
        accepted.Repeated.Should().BeFalse();
        accepted.Estimate.Should().NotBeNull().And.Be(document!.Estimate);
    }

    [Fact]
    public async Task AcceptAsync_RepeatedLater_EstimateCountsFromNow()
    {
        var first = await Host.Operations.AcceptAsync(new Parcel("Ada"), _keyed);
        _time.Advance(_later);

        var again = await Host.Operations.AcceptAsync(new Parcel("Ada"), _keyed);

        again.Should().BeEquivalentTo(new { first.Id, Status = OperationState.NotStarted, Repeated = true });
        var document = await Host.Operations.GetAsync(first.Id);
        again.Estimate.Should().Be(document!.Estimate!.After(_later));
        again.Estimate!.Median.Should().BeLessThan(TimeSpan.FromSeconds(25));
        again.RetryAfter.Should().Be(TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task AcceptAsync_RepeatedWhileRunning_EstimateCountsFromNow()
    {
        var accepted = await Host.Operations.AcceptAsync(new Parcel("Ada"), _keyed);
        var running = await RunAsync(accepted.Id);
        _time.Advance(_later);

        var again = await Host.Operations.AcceptAsync(new Parcel("Ada"), _keyed);

        again.Should().BeEquivalentTo(new { Status = OperationState.Running, Repeated = true });
        again.Estimate.Should().Be(running.Estimate!.After(_later));
    }

    [Fact]
    public async Task RenewUrlAsync_RunningOperation_EstimateCountsFromNow()
    {
        var accepted = await Host.Operations.AcceptAsync(new Parcel("Ada"), _keyed);
        var running = await RunAsync(accepted.Id);
        _time.Advance(_later);

        var renewed = await Host.Operations.RenewUrlAsync(accepted.Id);

        renewed.Should().BeEquivalentTo(new { Status = OperationState.Running, Repeated = true });
        renewed!.Estimate.Should().Be(running.Estimate!.After(_later));
        renewed.RetryAfter.Should().Be(TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task RenewUrlAsync_EstimateElapsed_ReturnsNoEstimate()
    {
        var accepted = await Host.Operations.AcceptAsync(new Parcel("Ada"), _keyed);
        _time.Advance(TimeSpan.FromHours(1));

        var renewed = await Host.Operations.RenewUrlAsync(accepted.Id);

        renewed!.Estimate.Should().BeNull();
    }

    [Fact]
    public async Task Post_Repeated_BodyHasRepeatedFlagAndShorterEstimate()
    {
        var first = await PostAsync();
        _time.Advance(_later);

        var again = await PostAsync();

        first.TryGetProperty("repeated", out _).Should().BeFalse();
        again.GetProperty("repeated").GetBoolean().Should().BeTrue();
        var median = again.GetProperty("estimate").GetProperty("median").GetDouble();
        median.Should().BeLessThan(first.GetProperty("estimate").GetProperty("median").GetDouble() / 2);
    }

    private static void Expect(OperationOptions kind) =>
        (kind.ExpectedMedian, kind.ExpectedUpper) = (TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(100));

    private static void Map(WebApplication app) =>
        app.MapPost("/parcel", (IOffloadedOperations operations, CancellationToken cancellationToken) =>
            OperationResults.AcceptAsync(operations, new Parcel("Ada"), _keyed, cancellationToken));

    private async Task<JsonElement> PostAsync()
    {
        using var response = await Host.Http.PostAsync(new Uri(Host.Address, "/parcel"), null);
        return await response.Content.ReadFromJsonAsync<JsonElement>();
    }

    private async Task<OperationStatus> RunAsync(string id)
    {
        var found = await Host.Store.GetAsync(id, default);
        var running = found!.Status with { State = OperationState.Running, Attempt = 1, LastUpdatedAt = _time.GetUtcNow() };
        await Host.Store.UpdateAsync(running, found.Metadata, found.Version, default);
        return running;
    }
}
