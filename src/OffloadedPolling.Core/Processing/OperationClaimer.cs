using System.Diagnostics;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using OffloadedPolling.Diagnostics;
using OffloadedPolling.Status;

namespace OffloadedPolling.Processing;

/// <summary>
/// First step: finds the operation of a delivery and claims it. While the store fails, the delivery is kept, and the operation is claimed
/// when the store recovers. Nothing has started yet, so an outage uses no delivery.
/// </summary>
internal sealed class OperationClaimer(
    IOperationStatusStore store, StatusTransitions transitions, StoreCircuitBreaker circuit, ILogger<MessageProcessor> logger)
{
    // Needed if the store's check passes while this document's reads or writes fail.
    private const int MaxTries = 4;

    // The time to wait for a newer duration profile, which is read at most every thirty seconds.
    private static readonly TimeSpan _patience = TimeSpan.FromMilliseconds(100);

    private static readonly DeliveryResult _invalid = new(MessageDisposition.Leave, MessageOutcomes.Invalid, MessageOutcomes.Invalid);

    /// <summary>Claims the operation, or decides what happens to the message without a run.</summary>
    public async Task<ClaimResult> ClaimAsync(Delivery delivery, Activity? activity)
    {
        if (ReadPayload(delivery) is not { } payload)
        {
            return new ClaimResult(_invalid);
        }

        for (var tries = 1; ; tries++)
        {
            try
            {
                var claim = await circuit.BoundAsync(
                    cancellationToken => TryClaimAsync(delivery, payload, activity, cancellationToken), delivery.StopWaiting)
                    .ConfigureAwait(false);
                circuit.OnSuccess();
                return claim;
            }
            catch (OperationStoreException failed) when (delivery.WaitsForStore && tries < MaxTries)
            {
                circuit.OnFailure(failed);
            }

            using var stopped = CancellationTokenSource.CreateLinkedTokenSource(delivery.NoNewWork, delivery.Lease.Lost);
            await circuit.WaitAsync(stopped.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (stopped.IsCancellationRequested)
            {
                return new ClaimResult(new DeliveryResult(delivery.Lease.UnfinishedDisposition, MessageOutcomes.Stopped));
            }
        }
    }

    private object? ReadPayload(Delivery delivery)
    {
        var message = delivery.Message;
        if (message.StatusKey is null)
        {
            Log.MessageWithoutStatusKey(logger, message.Id, delivery.Kind);
            return null;
        }

        try
        {
            return delivery.Invoker.ReadPayload(message.Body);
        }
        catch (JsonException malformed)
        {
            // The inner exceptions are left out because they may quote the payload.
            Log.MessageBodyUnreadable(
                logger, message.Id, delivery.Kind, malformed.Path ?? "$", malformed.LineNumber ?? 0, malformed.BytePositionInLine ?? 0);
            return null;
        }
    }

    private async Task<ClaimResult> TryClaimAsync(
        Delivery delivery, object payload, Activity? activity, CancellationToken cancellationToken)
    {
        var message = delivery.Message;
        var id = store.GetOperationId(message.StatusKey!);
        if (id is null || await store.GetAsync(id, cancellationToken).ConfigureAwait(false) is not { } found)
        {
            Log.UnknownStatusKey(logger, message.Id, delivery.Kind, message.StatusKey!);
            return new ClaimResult(_invalid with { IsOrphan = true });
        }

        activity?.SetTag(TagNames.OperationId, id);
        if (found.Status.Kind != delivery.Kind)
        {
            Log.OperationOfAnotherKind(logger, message.Id, delivery.Kind, id, found.Status.Kind);
            return new ClaimResult(_invalid with { OperationId = id });
        }

        var known = await delivery.Invoker.Kind.Durations.EstimateAsync(_patience, cancellationToken).ConfigureAwait(false);
        var transition = await transitions.ApplyRequiredAsync(
            found, current => Change(current, delivery, known.Estimate), cancellationToken).ConfigureAwait(false);
        return transition.Read is { } read
            ? ResultOf(Decide(read, delivery), delivery, payload, transition)
            : new ClaimResult(new DeliveryResult(MessageDisposition.Leave) { OperationId = id });
    }

    private StatusChange? Change(StoredOperation current, Delivery delivery, OperationEstimate? estimate) =>
        Decide(current, delivery) switch
        {
            ClaimDecision.Run when !IsOwn(current, delivery) => new(
                Begun(current.Status, delivery.Message, estimate ?? transitions.Remaining(current.Status)),
                current.Metadata with { OwnerMessageId = delivery.Message.Id, ClaimId = delivery.ClaimId }),
            ClaimDecision.Cancel => StatusChange.End(current, OperationOutcome.Canceled),
            ClaimDecision.GiveUp => StatusChange.End(current, OperationOutcome.Failed(Problems.GivenUp(current.Status.Attempt))),
            _ => null,
        };

    // A claim whose write seemed to fail may have succeeded.
    private static bool IsOwn(StoredOperation current, Delivery delivery) =>
        current.Status.State == OperationState.Running && current.Metadata.ClaimId == delivery.ClaimId;

    private static ClaimDecision Decide(StoredOperation current, Delivery delivery) => current.Metadata switch
    {
        _ when !IsOwn(current, delivery) => Ownership.Decide(current, delivery.Message, delivery.MaxAttempts),
        { CancelRequested: true } => ClaimDecision.Cancel,
        _ => ClaimDecision.Run,
    };

    // The wait in the queue is over. The estimate is now that of the work itself, or the rest of the host's.
    private static OperationStatus Begun(OperationStatus status, ReceivedMessage message, OperationEstimate? estimate) => status with
    {
        State = OperationState.Running,
        Attempt = message.ReceiveCount,
        PercentComplete = null,
        Message = null,
        Estimate = estimate,
    };

    private ClaimResult ResultOf(ClaimDecision decision, Delivery delivery, object payload, StatusTransition transition)
    {
        var (message, read, current) = (delivery.Message, transition.Read!.Status, transition.Current!);
        switch (decision)
        {
            case ClaimDecision.Run:
                var waited = read.State == OperationState.NotStarted ? read : null;
                return new ClaimResult(default, new ClaimedOperation(current, payload, waited));
            case ClaimDecision.Superseded:
                Log.MessageOfEarlierDocument(logger, message.Id, delivery.Kind, read.Id);
                return WithoutRun(MessageDisposition.Delete, MessageOutcomes.Superseded);
            case ClaimDecision.Ended:
                Log.OperationNotTaken(logger, message.Id, read.Id, nameof(ClaimDecision.Ended));
                return WithoutRun(MessageDisposition.Delete, MessageOutcomes.AlreadyEnded);
            case ClaimDecision.OwnedElsewhere:
                Log.OperationNotTaken(logger, message.Id, read.Id, nameof(ClaimDecision.OwnedElsewhere));
                return WithoutRun(MessageDisposition.Leave, MessageOutcomes.OwnedElsewhere);
            case ClaimDecision.Cancel:
                Log.OperationEnded(logger, read.Id, current.Status.State, current.Status.Attempt ?? 0);
                return WithoutRun(MessageDisposition.Delete, MessageOutcomes.Canceled);
            default:
                Log.OperationEnded(logger, read.Id, current.Status.State, current.Status.Attempt ?? 0);
                return WithoutRun(MessageDisposition.Delete, MessageOutcomes.GivenUp, MessageOutcomes.GivenUp);
        }

        ClaimResult WithoutRun(MessageDisposition disposition, string outcome, string? errorType = null) =>
            new(new DeliveryResult(disposition, outcome, errorType) { OperationId = read.Id });
    }
}
