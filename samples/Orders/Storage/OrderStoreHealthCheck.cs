using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Orders;

/// <summary>Healthy when the order store answers.</summary>
internal sealed class OrderStoreHealthCheck(IOrderStore orders) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        await orders.FindAsync("health", cancellationToken);
        return HealthCheckResult.Healthy();
    }
}
