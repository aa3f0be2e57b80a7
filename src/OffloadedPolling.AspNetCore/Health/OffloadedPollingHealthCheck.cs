using System.Globalization;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace OffloadedPolling.AspNetCore;

/// <summary>
/// Checks that the store, every queue and every dead-letter queue respond and match the settings. The description lists every problem with
/// its solution. A part that is usable despite a problem is degraded.
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
    private const string Right = "in order";

    // The default limit of a queue.
    private const int UsualMessageBytes = 1024 * 1024;

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var failureStatus = context.Registration.FailureStatus;
        var asked = await Task.WhenAll(
            Parts(cancellationToken).Select(part => AskAsync(part.Name, part.Ask, failureStatus, cancellationToken))).ConfigureAwait(false);
        (string Name, HealthStatus Status, string? Wrong, string? Note, Exception? Cause)[] parts = [.. asked, Workers(failureStatus)];
        var status = parts.Min(part => part.Status);
        var wrong = parts.Where(part => part.Wrong is not null).ToList();
        return new HealthCheckResult(
            status,
            wrong.Count == 0 ? null : string.Join(" ", wrong.Select(part => part.Wrong)),
            parts.FirstOrDefault(part => part.Cause is not null).Cause,
            parts.ToDictionary(part => part.Name, part => (object)(part.Wrong ?? part.Note ?? Right)));
    }

    private (string Name, HealthStatus Status, string? Wrong, string? Note, Exception? Cause) Workers(HealthStatus failureStatus) =>
        ("workers", workers.Problem is null ? HealthStatus.Healthy : failureStatus, workers.Problem, null, null);

    private IEnumerable<(string Name, Func<Task<Answer>> Ask)> Parts(CancellationToken cancellationToken)
    {
        yield return ("store", () => AskStoreAsync(cancellationToken));
        foreach (var kind in operations.Kinds)
        {
            yield return ($"queue of {kind}", () => AskQueueAsync(kind, cancellationToken));
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
    private async Task<Answer> AskStoreAsync(CancellationToken cancellationToken)
    {
        string?[] wrong = [
            await store.CheckAsync(cancellationToken).ConfigureAwait(false),
            await issuer.CheckAsync(cancellationToken).ConfigureAwait(false)];
        return new Answer(wrong.All(part => part is null) ? null : string.Join(' ', wrong.OfType<string>()));
    }

    // A smaller limit is a common choice and not a problem, but it is shown here for anyone who investigates a 413.
    private async Task<Answer> AskQueueAsync(string kind, CancellationToken cancellationToken)
    {
        var wrong = await queue.CheckAsync(kind, cancellationToken).ConfigureAwait(false);
        var limit = await queue.GetMaxMessageBytesAsync(kind, cancellationToken).ConfigureAwait(false);
        return new Answer(wrong, limit >= UsualMessageBytes ? null : string.Create(
            CultureInfo.InvariantCulture, $"{Right}; accepts messages of up to {limit:N0} bytes"));
    }

    private static async Task<(string Name, HealthStatus Status, string? Wrong, string? Note, Exception? Cause)> AskAsync(
        string name, Func<Task<Answer>> ask, HealthStatus failureStatus, CancellationToken cancellationToken)
    {
        try
        {
            var (wrong, note) = await ask().ConfigureAwait(false);
            return (name, wrong is null ? HealthStatus.Healthy : HealthStatus.Degraded, wrong, note, null);
        }
        catch (OffloadedPollingException unusable)
        {
            return (name, failureStatus, unusable.Message, null, unusable);
        }
        catch (OperationCanceledException late) when (cancellationToken.IsCancellationRequested)
        {
            return (name, failureStatus, $"The {name} did not respond in time.", null, late);
        }
    }

    /// <param name="Wrong">The problem; <see langword="null"/> if there is none.</param>
    /// <param name="Note">A note about a part without a problem; <see langword="null"/> if there is none.</param>
    private readonly record struct Answer(string? Wrong, string? Note = null);
}
