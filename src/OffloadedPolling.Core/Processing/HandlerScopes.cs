using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using OffloadedPolling.Diagnostics;

namespace OffloadedPolling.Processing;

/// <summary>Runs handlers, each in a scope and a span of its own, and counted while it runs.</summary>
internal sealed class HandlerScopes(IServiceScopeFactory scopes)
{
    public async Task<JsonElement?> RunAsync(HandlerRunner runner, object payload, OperationRun run)
    {
        using var activity = OperationActivities.Handle(run.Kind, run.OperationId);
        runner.Kind.Metrics.HandlerBegan();
        try
        {
            var scope = scopes.CreateAsyncScope();
            await using (scope.ConfigureAwait(false))
            {
                return await runner.RunAsync(scope.ServiceProvider, payload, run, run.Signal.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (run.Signal.IsFired)
        {
            // As it was asked to: no failure of the handler's.
            throw;
        }
        catch (Exception thrown)
        {
            activity.Fail(thrown is HandlerResultException invalid ? invalid.Reason : thrown);
            throw;
        }
        finally
        {
            runner.Kind.Metrics.HandlerEnded();
        }
    }
}
