using Microsoft.Extensions.Hosting;
using OffloadedPolling;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Makes the AWS clients when the host starts, so that a missing region stops the start and not the first request.</summary>
internal sealed class AwsClientStart(IEnumerable<IAwsClientSource> sources) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var source in sources)
        {
            source.EnsureClient();
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
