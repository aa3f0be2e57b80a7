using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Orders;

/// <summary>Checks that the order store responds.</summary>
internal sealed class OrderStoreHealthCheck(IOrderStore orders) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        await orders.FindAsync("health", cancellationToken);
        return HealthCheckResult.Healthy();
    }
}
