using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace OffloadedPolling.AspNetCore;

/// <summary>
/// Healthy when the store, every kind's queue and every dead-letter queue answer and are set up as the settings say. Otherwise says in words
/// all that is wrong, and what to do; what can be used all the same is degraded.
/// </summary>
internal sealed class OffloadedPollingHealthCheck(
    IOperationStatusStore store, IOperationQueue queue, IOffloadedOperations operations, IWorkerHealth workers, IDeadLetterQueue? deadLetters = null)
    : IHealthCheck
{
    private const string Right = "in order";

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var failureStatus = context.Registration.FailureStatus;
        var asked = await Task.WhenAll(
            Parts(cancellationToken).Select(part => AskAsync(part.Name, part.Ask, failureStatus, cancellationToken))).ConfigureAwait(false);
        (string Name, HealthStatus Status, string? Wrong, Exception? Cause)[] parts = [.. asked, Workers(failureStatus)];
        var status = parts.Min(part => part.Status);
        var wrong = parts.Where(part => part.Wrong is not null).ToList();
        return new HealthCheckResult(
            status,
            wrong.Count == 0 ? null : string.Join(" ", wrong.Select(part => part.Wrong)),
            parts.FirstOrDefault(part => part.Cause is not null).Cause,
            parts.ToDictionary(part => part.Name, part => (object)(part.Wrong ?? Right)));
    }

    private (string Name, HealthStatus Status, string? Wrong, Exception? Cause) Workers(HealthStatus failureStatus) =>
        ("workers", workers.Problem is null ? HealthStatus.Healthy : failureStatus, workers.Problem, null);

    private IEnumerable<(string Name, Func<Task<string?>> Ask)> Parts(CancellationToken cancel)
    {
        yield return ("store", () => store.CheckAsync(cancel));
        foreach (var kind in operations.Kinds)
        {
            yield return ($"queue of {kind}", () => queue.CheckAsync(kind, cancel));
            if (deadLetters?.IsKnown(kind) == true)
            {
                yield return ($"dead-letter queue of {kind}", async () =>
                {
                    await deadLetters.CheckAsync(kind, cancel).ConfigureAwait(false);
                    return null;
                });
            }
        }
    }

    private static async Task<(string Name, HealthStatus Status, string? Wrong, Exception? Cause)> AskAsync(
        string name, Func<Task<string?>> ask, HealthStatus failureStatus, CancellationToken cancel)
    {
        try
        {
            var wrong = await ask().ConfigureAwait(false);
            return (name, wrong is null ? HealthStatus.Healthy : HealthStatus.Degraded, wrong, null);
        }
        catch (OffloadedPollingException unusable)
        {
            return (name, failureStatus, unusable.Message, unusable);
        }
        catch (OperationCanceledException late) when (cancel.IsCancellationRequested)
        {
            return (name, failureStatus, $"The {name} did not answer in time.", late);
        }
    }
}
