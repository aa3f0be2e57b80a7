using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using OffloadedPolling.Tests.Conformance;
using OffloadedPolling.Tests.Shared;
using OffloadedPolling.Tests.Sqlite;

namespace OffloadedPolling.Tests.Accepting;

/// <summary>A host that registers its own estimator.</summary>
public sealed class CustomEstimatorTests : IAsyncDisposable
{
    private static readonly TimeSpan _timeout = TimeSpan.FromSeconds(60);

    private readonly SqliteProvider _provider = new();

    private readonly HandlerScript _script = new();

    public ValueTask DisposeAsync() => _provider.DisposeAsync();

    [Fact]
    public async Task Running_NothingMeasured_KeepsRestOfCustomEstimate()
    {
        _script.Wait["Ada"] = true;
        await using var host = await StartAsync(() =>
            new OperationEstimate { Median = TimeSpan.FromHours(1), Upper = TimeSpan.FromHours(2) });

        var accepted = await host.Operations.AcceptAsync(new Parcel("Ada"));
        await Eventually.TrueAsync(() => _script.Waiting == 1, _timeout, () => "the handler did not start");
        var running = await host.Operations.GetAsync(accepted.Id);

        running!.State.Should().Be(OperationState.Running);
        running.Estimate!.Median.TotalMinutes.Should().BeInRange(55, 60);
        await host.Operations.CancelAsync(accepted.Id);
    }

    private Task<ConformanceHost> StartAsync(Func<OperationEstimate?> estimate) => ConformanceHost.StartAsync(
        _provider,
        operation: kind => kind.VisibilityTimeout = TimeSpan.FromSeconds(2),
        build: builder =>
        {
            builder.Services.Replace(ServiceDescriptor.Singleton<IWaitTimeEstimator>(new UnusableEstimates.Told(estimate)));
            builder.Services.AddSingleton(_script);
            builder.AddHandler<Parcel, ParcelHandler>();
        });
}
