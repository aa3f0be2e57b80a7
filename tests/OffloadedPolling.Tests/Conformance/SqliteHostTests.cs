using OffloadedPolling.Tests.Sqlite;

namespace OffloadedPolling.Tests.Conformance;

/// <summary>The base class for tests of one host on SQLite.</summary>
public abstract class SqliteHostTests : IAsyncLifetime
{
    private protected SqliteProvider Provider { get; } = new();

    private protected ConformanceHost Host { get; set; } = null!;

    public async ValueTask InitializeAsync()
    {
        await Provider.PrepareAsync();
        Host = await StartAsync();
    }

    public virtual async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        await Provider.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private protected abstract Task<ConformanceHost> StartAsync();
}
