using OffloadedPolling.AspNetCore;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds the library's health check.</summary>
public static class OffloadedPollingHealthChecksBuilderExtensions
{
    /// <summary>Adds a check of the status store and of every kind's queue: whether they answer and let this host in.</summary>
    /// <param name="builder">The builder of the host's health checks.</param>
    /// <param name="name">The check's name.</param>
    /// <returns>The builder.</returns>
    public static IHealthChecksBuilder AddOffloadedPolling(this IHealthChecksBuilder builder, string name = "offloaded-polling") =>
        builder.AddCheck<OffloadedPollingHealthCheck>(name);
}
