using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OffloadedPolling.IntegrationTests.Servers;

namespace OffloadedPolling.IntegrationTests.Reliability;

/// <summary>A worker in this process that stops when it is disposed.</summary>
internal sealed record RunningWorker(TestHost Host, IReadOnlyList<IHostedService> Hosted) : IAsyncDisposable
{
    public static async Task<RunningWorker> StartAsync(TestHost host)
    {
        var worker = new RunningWorker(host, [.. host.Services.GetServices<IHostedService>()]);
        foreach (var service in worker.Hosted)
        {
            await service.StartAsync(default);
        }

        return worker;
    }

    /// <summary>Waits until all operations have ended.</summary>
    public static async Task<OperationStatus[]> EndsAsync(TestHost host, List<string> accepted)
    {
        var ends = new List<OperationStatus>();
        foreach (var id in accepted)
        {
            OperationStatus? last = null;
            await Eventually.TrueAsync(
                async () => (last = await host.Operations.GetAsync(id))!.State.IsTerminal(), Scale.Patience,
                () => $"the state of {id} is {last?.State}");
            ends.Add(last!);
        }

        return [.. ends];
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var service in Hosted)
        {
            await service.StopAsync(default);
        }

        await Host.DisposeAsync();
    }
}

/// <summary>A handler that takes 50 ms and counts its runs per operation.</summary>
internal sealed class CountingHandler(ConcurrentDictionary<string, int> runs) : IOperationHandler<Parcel, string>
{
    private static readonly TimeSpan _work = TimeSpan.FromMilliseconds(50);

    public async Task<string> HandleAsync(OperationContext<Parcel> context, CancellationToken cancellationToken)
    {
        runs.AddOrUpdate(context.OperationId, 1, static (_, times) => times + 1);
        await Task.Delay(_work, cancellationToken);
        return "done";
    }
}
