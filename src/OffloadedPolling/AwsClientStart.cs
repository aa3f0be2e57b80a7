using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace OffloadedPolling;

/// <summary>Creates the AWS clients at start, so that a missing region stops the start instead of failing the first request.</summary>
internal sealed class AwsClientStart(IEnumerable<IAwsClientSource> sources) : IHostedService
{
    /// <summary>Registers the service once, before the workers, which would otherwise report a failing store.</summary>
    public static void AddTo(IServiceCollection services)
    {
        var last = services.Count;
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, AwsClientStart>());
        if (services.Count > last)
        {
            var start = services[last];
            services.RemoveAt(last);
            services.Insert(
                services.IndexOf(services.First(service => service.ImplementationType == typeof(RegistrationStart))) + 1, start);
        }
    }

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
