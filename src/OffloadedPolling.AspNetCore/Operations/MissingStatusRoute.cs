using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace OffloadedPolling.AspNetCore;

/// <summary>
/// Stops the start of a host that accepts operations but does not serve status documents, although its store requires it. A worker starts,
/// even if it has endpoints of its own.
/// </summary>
internal sealed class MissingStatusRoute(IServiceProvider services) : IHostedLifecycleService
{
    // The server adds the endpoints when it starts, so they are not complete earlier.
    public Task StartedAsync(CancellationToken cancellationToken)
    {
        var endpoints = services.GetService<EndpointDataSource>()?.Endpoints ?? [];
        var accepting = endpoints.FirstOrDefault(endpoint => endpoint.Metadata.GetMetadata<AcceptsOperations>() is not null);
        return accepting is null || endpoints.Any(IsStatusRoute)
            ? Task.CompletedTask
            : throw new InvalidOperationException(
                $"The endpoint '{accepting.DisplayName}' accepts operations, but this host serves no status documents, so callers " +
                "could not poll. Call app.MapOperations(\"/operations\") before the host starts.");
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static bool IsStatusRoute(Endpoint endpoint) =>
        endpoint.Metadata.GetMetadata<IEndpointNameMetadata>()?.EndpointName == StatusRouteAddress.EndpointName;
}

/// <summary>Marks endpoints that accept operations.</summary>
internal sealed class AcceptsOperations
{
    public static AcceptsOperations Instance { get; } = new();

    private AcceptsOperations()
    {
    }
}
