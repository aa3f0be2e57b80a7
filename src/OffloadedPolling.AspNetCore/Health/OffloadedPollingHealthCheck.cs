using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace OffloadedPolling.AspNetCore;

/// <summary>Healthy when the store and every kind's queue answer; otherwise says in words which does not, and what to do.</summary>
internal sealed class OffloadedPollingHealthCheck(IOperationStatusStore store, IOperationQueue queue, IOffloadedOperations operations) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await store.CheckAsync(cancellationToken).ConfigureAwait(false);
            foreach (var kind in operations.Kinds)
            {
                await queue.CheckAsync(kind, cancellationToken).ConfigureAwait(false);
            }

            return HealthCheckResult.Healthy();
        }
        catch (OffloadedPollingException unusable)
        {
            return new HealthCheckResult(context.Registration.FailureStatus, unusable.Message, unusable);
        }
    }
}
