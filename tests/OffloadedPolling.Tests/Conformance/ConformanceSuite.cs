using OffloadedPolling.Tests.Shared;

namespace OffloadedPolling.Tests.Conformance;

/// <summary>The base class of all conformance suites: a provider and the hosts that use it.</summary>
public abstract class ConformanceSuite<TProvider> : IAsyncLifetime
    where TProvider : IProvider, new()
{
    private protected static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);

    private protected const string Kind = ConformanceHost.Kind;

    private protected const string Id = TestDocuments.Id;

    private readonly List<ConformanceHost> _hosts = [];

    private protected TProvider Provider { get; } = new();

    /// <summary>Gets the first host.</summary>
    private protected ConformanceHost Host => _hosts[0];

    public virtual async ValueTask InitializeAsync()
    {
        await Provider.PrepareAsync();
        await StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var host in _hosts)
        {
            await host.DisposeAsync();
        }

        await Provider.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>Starts another host on the same documents and messages.</summary>
    private protected async Task<ConformanceHost> StartAsync(Action<OperationOptions>? operation = null)
    {
        var host = await ConformanceHost.StartAsync(Provider, Settings, operation ?? Settings, Build);
        _hosts.Add(host);
        return host;
    }

    private protected virtual void Settings(OffloadedPollingOptions options)
    {
    }

    private protected virtual void Settings(OperationOptions kind)
    {
    }

    private protected virtual void Build(Microsoft.Extensions.DependencyInjection.IOffloadedPollingBuilder builder)
    {
    }

    private protected async Task<OperationStatus> EndOfAsync(string id)
    {
        OperationStatus? last = null;
        await Eventually.TrueAsync(
            async () => (last = await Host.Operations.GetAsync(id))!.State.IsTerminal(), Timeout, () => $"{id} is {last?.State}");
        return last!;
    }
}
