using Microsoft.Extensions.Logging;
using OffloadedPolling.Diagnostics;

namespace OffloadedPolling.Processing;

/// <summary>Processes one delivery of a message in three steps: claims the operation, runs its handler, and completes it.</summary>
internal sealed class MessageProcessor(
    OperationClaimer claimer, OperationRunner runner, OperationCompleter completer, ILogger<MessageProcessor> logger)
{
    public async Task<DeliveryResult> ProcessAsync(Delivery delivery)
    {
        using var activity = OperationActivities.Process(delivery.Kind, delivery.Kind, delivery.Lease.MessagingSystem, delivery.Message);
        try
        {
            var claim = await claimer.ClaimAsync(delivery, activity).ConfigureAwait(false);
            if (claim.Operation is not { } operation)
            {
                return claim.Result.ReportTo(activity);
            }

            await using var run = runner.Start(delivery, operation);
            var end = await runner.RunAsync(run).ConfigureAwait(false);
            var result = await completer.CompleteAsync(run, end).ConfigureAwait(false);
            return result.ReportTo(activity) with { OperationId = run.OperationId, HasRun = true };
        }
        catch (Exception failed)
        {
            if (failed is OperationCanceledException && delivery.StopWaiting.IsCancellationRequested)
            {
                Log.DeliveryAbandoned(logger, delivery.Message.Id, delivery.Kind);
                return new DeliveryResult(MessageDisposition.Release, MessageOutcomes.Stopped).ReportTo(activity);
            }

            var left = new DeliveryResult(MessageDisposition.Leave, MessageOutcomes.Left, failed.GetType().FullName).ReportTo(activity);
            if (failed is not OffloadedPollingException)
            {
                throw;
            }

            Log.MessageLeft(logger, delivery.Message.Id, delivery.Kind, failed);
            return left with { StoreFailure = failed as OperationStoreException };
        }
    }
}
