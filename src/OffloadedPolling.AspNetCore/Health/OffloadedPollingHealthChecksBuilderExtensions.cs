using Microsoft.Extensions.Diagnostics.HealthChecks;
using OffloadedPolling.AspNetCore;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Provides extension methods to add the library's health check.</summary>
public static class OffloadedPollingHealthChecksBuilderExtensions
{
    // Shorter than the timeout of most probes, and longer than S3 and SQS need.
    private static readonly TimeSpan _timeout = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Adds a health check of the status store, of every queue and of the configured dead-letter queues. It checks that they respond, that
    /// this host has access, and that their setup matches the settings.
    /// </summary>
    /// <param name="builder">The builder of the host's health checks.</param>
    /// <param name="name">The name of the health check.</param>
    /// <param name="failureStatus">
    /// The status to report if a part cannot be used. The default is <see cref="HealthStatus.Unhealthy"/>. A part that has a problem but
    /// can be used is <see cref="HealthStatus.Degraded"/>.
    /// </param>
    /// <param name="tags">The tags to filter health checks with.</param>
    /// <param name="timeout">The timeout; the default is 5 seconds. A part that does not respond in time cannot be used.</param>
    /// <returns>The builder.</returns>
    /// <remarks>
    /// <para>
    /// The description lists every problem with its solution. The data has an entry for each part. Both contain names of buckets and queues
    /// for operators, but no secrets.
    /// </para>
    /// <para>
    /// Each check sends one request to the store and one to each queue. On S3, one check a minute also polls a status URL as callers do,
    /// and sends a PUT whose condition is never met. The PUT shows that this host has write access, and writes nothing.
    /// </para>
    /// </remarks>
    public static IHealthChecksBuilder AddOffloadedPolling(
        this IHealthChecksBuilder builder,
        string name = "offloaded-polling",
        HealthStatus? failureStatus = null,
        IEnumerable<string>? tags = null,
        TimeSpan? timeout = null) => builder.AddCheck<OffloadedPollingHealthCheck>(name, failureStatus, tags ?? [], timeout ?? _timeout);
}
