using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Orders;

/// <summary>Writes in plain text which check failed and why. It is for operators, so do not expose /health to the internet.</summary>
internal static class HealthResponse
{
    public static Task WriteAsync(HttpContext context, HealthReport report)
    {
        context.Response.ContentType = "text/plain; charset=utf-8";
        var failed = report.Entries.Where(entry => entry.Value.Status != HealthStatus.Healthy)
            .Select(entry => $"{entry.Key}: {entry.Value.Description ?? entry.Value.Exception?.Message}");
        return context.Response.WriteAsync(string.Join('\n', failed.Prepend(report.Status.ToString())) + "\n");
    }
}
