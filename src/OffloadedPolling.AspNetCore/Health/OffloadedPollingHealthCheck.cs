using System.Globalization;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace OffloadedPolling.AspNetCore;

/// <summary>
/// Checks that the store, every queue and every dead-letter queue respond and match the settings, and that this process's workers receive
/// messages. The description lists every problem with its solution. A part that is usable despite a problem is degraded.
/// </summary>
internal sealed class OffloadedPollingHealthCheck(
    IOperationStatusStore store,
    IPresignedUrlIssuer issuer,
    IOperationQueue queue,
    IOffloadedOperations operations,
    IWorkerHealth workers,
    IDeadLetterQueue? deadLetters = null)
    : IHealthCheck
{
    private const string Healthy = "healthy";

    // The default limit of a queue.
    private const int UsualMessageBytes = 1024 * 1024;

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var failureStatus = context.Registration.FailureStatus;
        var remote = await Task.WhenAll(
            Parts(cancellationToken).Select(part => CheckPartAsync(part.Name, part.Check, failureStatus, cancellationToken)))
            .ConfigureAwait(false);
        PartResult[] parts =
            [.. remote, new("workers", workers.Problem is null ? HealthStatus.Healthy : failureStatus, workers.Problem)];
        var status = parts.Min(part => part.Status);
        var wrong = parts.Where(part => part.Wrong is not null).ToList();
        return new HealthCheckResult(
            status,
            wrong.Count == 0 ? null : string.Join(" ", wrong.Select(part => part.Wrong)),
            parts.FirstOrDefault(part => part.Cause is not null)?.Cause,
            parts.ToDictionary(part => part.Name, part => (object)(part.Wrong ?? part.Note ?? Healthy)));
    }

    private IEnumerable<(string Name, Func<Task<Answer>> Check)> Parts(CancellationToken cancellationToken)
    {
        yield return ("store", () => CheckStoreAsync(cancellationToken));
        foreach (var kind in operations.Kinds)
        {
            yield return ($"queue of {kind}", () => CheckQueueAsync(kind, cancellationToken));
            if (deadLetters?.IsKnown(kind) == true)
            {
                yield return ($"dead-letter queue of {kind}", async () =>
                {
                    await deadLetters.CheckAsync(kind, cancellationToken).ConfigureAwait(false);
                    return default;
                });
            }
        }
    }

    // Sequential, because a store that fails also makes the check of status URLs fail.
    private async Task<Answer> CheckStoreAsync(CancellationToken cancellationToken)
    {
        string?[] wrong = [
            await store.CheckAsync(cancellationToken).ConfigureAwait(false),
            await issuer.CheckAsync(cancellationToken).ConfigureAwait(false)];
        return new Answer(wrong.All(part => part is null) ? null : string.Join(' ', wrong.OfType<string>()));
    }

    // A smaller limit is a common choice and not a problem, but it is shown here for anyone who investigates a 413.
    private async Task<Answer> CheckQueueAsync(string kind, CancellationToken cancellationToken)
    {
        var wrong = await queue.CheckAsync(kind, cancellationToken).ConfigureAwait(false);
        var limit = await queue.GetMaxMessageBytesAsync(kind, cancellationToken).ConfigureAwait(false);
        return new Answer(wrong, limit >= UsualMessageBytes ? null : string.Create(
            CultureInfo.InvariantCulture, $"{Healthy}; accepts messages of up to {limit:N0} bytes"));
    }

    private static async Task<PartResult> CheckPartAsync(
        string name, Func<Task<Answer>> check, HealthStatus failureStatus, CancellationToken cancellationToken)
    {
        try
        {
            var (wrong, note) = await check().ConfigureAwait(false);
            return new(name, wrong is null ? HealthStatus.Healthy : HealthStatus.Degraded, wrong, note);
        }
        catch (OffloadedPollingException unusable)
        {
            return new(name, failureStatus, unusable.Message, Cause: unusable);
        }
        catch (OperationCanceledException late) when (cancellationToken.IsCancellationRequested)
        {
            return new(name, failureStatus, $"The {name} did not respond in time.", Cause: late);
        }
    }

    /// <param name="Wrong">The problem; <see langword="null"/> if there is none.</param>
    /// <param name="Note">A note about a part without a problem; <see langword="null"/> if there is none.</param>
    private readonly record struct Answer(string? Wrong, string? Note = null);

    private sealed record PartResult(string Name, HealthStatus Status, string? Wrong, string? Note = null, Exception? Cause = null);
}
