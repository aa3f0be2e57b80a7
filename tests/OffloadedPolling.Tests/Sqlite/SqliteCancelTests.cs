using Microsoft.Extensions.DependencyInjection;
using OffloadedPolling.Tests.Conformance;
using OffloadedPolling.Tests.Shared;

namespace OffloadedPolling.Tests.Sqlite;

/// <summary>How soon a request to cancel reaches a handler that reports no progress, on one machine.</summary>
public sealed class SqliteCancelTests : IAsyncLifetime
{
    private static readonly TimeSpan _timeout = TimeSpan.FromSeconds(60);

    private readonly SqliteProvider _provider = new();

    private readonly HandlerScript _script = new();

    private ConformanceHost _api = null!, _worker = null!;

    public async ValueTask InitializeAsync()
    {
        await _provider.PrepareAsync();
        _api = await ConformanceHost.StartAsync(_provider);
        // Without the watch for cancel requests, the worker would not notice within an hour.
        _worker = await ConformanceHost.StartAsync(
            _provider, operation: kind => kind.VisibilityTimeout = TimeSpan.FromHours(2), build: builder =>
            {
                builder.Services.AddSingleton(_script);
                builder.AddHandler<Parcel, ParcelHandler>();
            });
    }

    public async ValueTask DisposeAsync()
    {
        await _worker.DisposeAsync();
        await _api.DisposeAsync();
        await _provider.DisposeAsync();
    }

    [Fact]
    public async Task Cancel_ByAnotherHost_ReachesHandlerWithinOneSecond()
    {
        _script.Wait["Ada"] = true;
        var delays = new List<TimeSpan>();
        // Several attempts, because the machine may be busy.
        for (var attempt = 1; attempt <= 5; attempt++)
        {
            delays.Add(await CancelAsync(attempt));
        }

        delays.Min().Should().BeLessThan(TimeSpan.FromSeconds(1));
    }

    private async Task<TimeSpan> CancelAsync(int attempt)
    {
        var accepted = await _api.Operations.AcceptAsync(new Parcel("Ada"));
        await Eventually.TrueAsync(() => _script.Waiting == attempt, _timeout, () => "the handler did not start");
        var requested = await _api.Operations.CancelAsync(accepted.Id);
        OperationStatus? end = null;
        await Eventually.TrueAsync(
            async () => (end = await _api.Operations.GetAsync(accepted.Id))!.State == OperationState.Canceled, _timeout,
            () => $"the state is {end?.State}");
        return end!.LastUpdatedAt - requested!.LastUpdatedAt;
    }
}
