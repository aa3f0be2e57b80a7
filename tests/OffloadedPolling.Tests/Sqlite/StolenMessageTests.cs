using Microsoft.Extensions.DependencyInjection;
using OffloadedPolling.Tests.Conformance;
using OffloadedPolling.Tests.Shared;

namespace OffloadedPolling.Tests.Sqlite;

/// <summary>A worker whose message the queue has redelivered.</summary>
public sealed class StolenMessageTests : IAsyncLifetime
{
    private static readonly TimeSpan _timeout = TimeSpan.FromSeconds(60);

    private readonly SqliteProvider _provider = new();

    private readonly HandlerScript _script = new();

    private ConformanceHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await ConformanceHost.StartAsync(
        _provider,
        operation: kind => kind.VisibilityTimeout = TimeSpan.FromSeconds(2),
        build: builder =>
        {
            builder.Services.AddSingleton(_script);
            builder.AddHandler<Parcel, ParcelHandler>();
        });

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _provider.DisposeAsync();
    }

    [Fact]
    public async Task Message_TakenOver_StopsHandlerAndRunsNextDelivery()
    {
        _script.Wait["Ada"] = true;
        var accepted = await _host.Operations.AcceptAsync(new Parcel("Ada"));
        await Eventually.TrueAsync(() => _script.Waiting == 1, _timeout, () => "the handler did not start");

        _script.Wait.Clear();
        await _provider.ExecuteAsync("UPDATE messages SET receive_count = receive_count + 1");

        OperationStatus? end = null;
        await Eventually.TrueAsync(
            async () => (end = await _host.Operations.GetAsync(accepted.Id))!.State.IsTerminal(), _timeout, () => $"state: {end?.State}");
        (end!.State, end.Attempt).Should().Be((OperationState.Succeeded, (int?)3));
        _script.Delivered.Should().Equal("Ada");
        _host.Log.Entries.Should().ContainSingle(entry => entry.Id == 424);
        _host.Log.Entries.Should().NotContain(entry => entry.Id == 422);
    }
}
