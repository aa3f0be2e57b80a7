using System.Diagnostics;
using Microsoft.Extensions.Logging;
using OffloadedPolling.Diagnostics;

namespace OffloadedPolling.Processing;

/// <summary>What a worker does with one delivery of a message: claims its operation, runs the handler, and completes the operation.</summary>
internal sealed class MessageProcessor(
    OperationClaims claims,
    HandlerRuns runs,
    OperationCompletion completion,
    OperationRetries retries,
    IOperationQueue queue,
    ILogger<MessageProcessor> logger)
{
    /// <summary>Processes a delivery to its end.</summary>
    public async Task<DeliveryResult> ProcessAsync(Delivery delivery)
    {
        using var activity = OperationActivities.Process(delivery.Kind, delivery.Kind, queue.MessagingSystem, delivery.Message);
        try
        {
            return await ProcessAsync(delivery, activity).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (delivery.Abandon.IsCancellationRequested)
        {
            activity.CameTo(MessageOutcomes.Stopped);
            Log.DeliveryAbandoned(logger, delivery.Message.Id, delivery.Kind);
            return new DeliveryResult(MessageDisposition.Release);
        }
        catch (OffloadedPollingException failed)
        {
            activity.CameTo(MessageOutcomes.Left, failed);
            Log.MessageLeft(logger, delivery.Message.Id, delivery.Kind, failed);
            return new DeliveryResult(MessageDisposition.Leave) { StoreFailure = failed as OperationStoreException };
        }
        catch (Exception unexpected)
        {
            activity.CameTo(MessageOutcomes.Left, unexpected);
            throw;
        }
    }

    private async Task<DeliveryResult> ProcessAsync(Delivery delivery, Activity? activity)
    {
        var claim = await claims.ClaimAsync(delivery, activity).ConfigureAwait(false);
        if (claim.Operation is not { } operation)
        {
            return claim.Result;
        }

        await using var run = runs.Start(delivery, operation);
        delivery.Lease.Watch(run.IsStillOwnedAsync);
        var end = await runs.RunAsync(delivery, operation, run, activity).ConfigureAwait(false);
        var result = end switch
        {
            { Outcome: { } outcome } => new DeliveryResult(
                await completion.CompleteAsync(delivery, operation, run, outcome, activity).ConfigureAwait(false)),
            { Thrown: { } thrown } => await retries.ScheduleAsync(delivery, operation, run, thrown, activity).ConfigureAwait(false),
            _ => new DeliveryResult(end.Disposition),
        };
        return claim.Result with { Disposition = result.Disposition, VisibleAfter = result.VisibleAfter, HasRun = true };
    }
}
