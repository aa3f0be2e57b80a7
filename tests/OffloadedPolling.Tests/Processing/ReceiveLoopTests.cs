using Microsoft.Extensions.DependencyInjection;
using OffloadedPolling.Tests.Conformance;
using OffloadedPolling.Tests.Shared;
using OffloadedPolling.Tests.Sqlite;

namespace OffloadedPolling.Tests.Processing;

public sealed class ReceiveLoopTests
{
    private static readonly TimeSpan _timeout = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Release_Fails_IsLoggedAsWarning()
    {
        await using var provider = new SqliteProvider();
        var script = new HandlerScript();
        await using var host = await ConformanceHost.StartAsync(provider, build: builder =>
        {
            builder.Services.AddSingleton(script);
            builder.AddHandler<Parcel, ParcelHandler>();
        });
        script.Deaf["Bob"] = true;
        await host.Operations.AcceptAsync(new Parcel("Bob"));
        await Eventually.TrueAsync(() => script.Waiting > 0, _timeout, () => "the handler did not start");
        await provider.ExecuteAsync(
            "CREATE TRIGGER refuse BEFORE UPDATE ON messages BEGIN SELECT RAISE(ABORT, 'refused'); END");

        script.Wake.SetException(new InvalidOperationException());

        await Eventually.TrueAsync(
            () => host.Log.Entries.Any(entry => entry.Id == 307), _timeout,
            () => string.Join(", ", host.Log.Entries.Select(entry => entry.Id)));
        host.Log.Entries.Should().NotContain(entry => entry.Id == 414);
        host.Log.Entries.Single(entry => entry.Id == 307).Text.Should().Contain("could not be released");
    }
}
