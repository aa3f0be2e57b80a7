using Microsoft.Extensions.Diagnostics.HealthChecks;
using OffloadedPolling.AspNetCore;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Provides extension methods to add the library's health check.</summary>
public static class OffloadedPollingHealthChecksBuilderExtensions
{
    // Shorter than the timeout of most probes, and longer than S3 and SQS need.
    private static readonly TimeSpan _timeout = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Adds a health check of the status store, of every queue, of the configured dead-letter queues, and of this process's workers. It
    /// checks that the store and the queues respond, that this host has access, that their setup matches the settings, and that the workers
    /// receive messages.
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
    /// With S3 and SQS, each check sends two requests to S3 and one to each queue. At most once a minute it also polls a status URL as
    /// callers do, and tests write access with a conditional PUT of the empty object <c>conditional-write-probe</c>. The PUT creates the
    /// object if it does not exist; otherwise, it changes nothing. Servers other than AWS get a few more PUTs.
    /// </para>
    /// </remarks>
    public static IHealthChecksBuilder AddOffloadedPolling(
        this IHealthChecksBuilder builder,
        string name = "offloaded-polling",
        HealthStatus? failureStatus = null,
        IEnumerable<string>? tags = null,
        TimeSpan? timeout = null) => builder.AddCheck<OffloadedPollingHealthCheck>(name, failureStatus, tags ?? [], timeout ?? _timeout);
}
