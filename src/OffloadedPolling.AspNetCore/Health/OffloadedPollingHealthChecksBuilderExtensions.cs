using Microsoft.Extensions.Diagnostics.HealthChecks;
using OffloadedPolling.AspNetCore;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds the library's health check.</summary>
public static class OffloadedPollingHealthChecksBuilderExtensions
{
    // Shorter than most probes wait, longer than S3 and SQS take.
    private static readonly TimeSpan _timeout = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Adds a check of the status store, of every kind's queue and of the dead-letter queues that the settings name: whether they answer,
    /// let this host in, and are set up as the settings say.
    /// </summary>
    /// <param name="builder">The builder of the host's health checks.</param>
    /// <param name="name">The check's name.</param>
    /// <param name="failureStatus">
    /// What is reported where one of them cannot be used; <see cref="HealthStatus.Unhealthy"/> unless set. What is wrong but can be used is
    /// <see cref="HealthStatus.Degraded"/>.
    /// </param>
    /// <param name="tags">Tags to select checks by.</param>
    /// <param name="timeout">How long they may take; 5 seconds unless set. What has not answered by then counts as unusable.</param>
    /// <returns>The builder.</returns>
    /// <remarks>
    /// The description says in words what is wrong and what to do, the data so for each part. Both name buckets and queues: they are for
    /// operators, and hold no secret. Each check costs one request to the store and one to each queue. On S3, once a minute one of them
    /// also sends a PUT whose condition does not hold (it shows that this host may write, and writes nothing) and polls by a status URL, as
    /// callers do.
    /// </remarks>
    public static IHealthChecksBuilder AddOffloadedPolling(
        this IHealthChecksBuilder builder,
        string name = "offloaded-polling",
        HealthStatus? failureStatus = null,
        IEnumerable<string>? tags = null,
        TimeSpan? timeout = null) => builder.AddCheck<OffloadedPollingHealthCheck>(name, failureStatus, tags ?? [], timeout ?? _timeout);
}
