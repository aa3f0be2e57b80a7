using System.Diagnostics;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using OffloadedPolling.Diagnostics;
using OffloadedPolling.Status;

namespace OffloadedPolling.Processing;

/// <summary>
/// First step: finds the operation of a delivery and claims it. While the store fails, the delivery is kept and the claim is made when the
/// store answers: nothing has begun yet, so no delivery is spent on an outage.
/// </summary>
internal sealed class OperationClaimer(
    IOperationStatusStore store,
    StatusTransitions transitions,
    StoreCircuitBreaker circuit,
    ILogger<MessageProcessor> logger)
{
    // For a store whose check passes while this document's reads or writes fail.
    private const int MaxTries = 4;

    // For a newer profile, of which there is one in thirty seconds.
    private static readonly TimeSpan _patience = TimeSpan.FromMilliseconds(100);

    private static readonly DeliveryResult _invalid = new(MessageDisposition.Leave, MessageOutcomes.Invalid, MessageOutcomes.Invalid);

    /// <summary>Claims the operation, or decides what becomes of the message without a run.</summary>
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

            using var given = CancellationTokenSource.CreateLinkedTokenSource(delivery.NoNewWork, delivery.Lease.Lost);
            await circuit.WaitAsync(given.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (given.IsCancellationRequested)
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
            // Without the inner exceptions, which may quote the payload.
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
        var transition = await transitions.ApplyAsync(
            found, current => Change(current, delivery, known.Estimate), cancellationToken).ConfigureAwait(false);
        return transition.Read is { } read
            ? ResultOf(Decide(read, delivery), delivery, payload, transition)
            : new ClaimResult(new DeliveryResult(MessageDisposition.Leave) { OperationId = id });
    }

    private StatusChange? Change(StoredOperation current, Delivery delivery, OperationEstimate? estimate) => Decide(current, delivery) switch
    {
        ClaimDecision.Run when !IsOwn(current, delivery) => new(
            Begun(current.Status, delivery.Message, estimate ?? transitions.Remaining(current.Status)),
            current.Metadata with { OwnerMessageId = delivery.Message.Id, ClaimId = delivery.ClaimId }),
        ClaimDecision.Cancel => StatusChange.End(current, OperationOutcome.Canceled),
        ClaimDecision.GiveUp => StatusChange.End(current, OperationOutcome.Failed(Problems.GivenUp(current.Status.Attempt))),
        _ => null,
    };

    // A claim whose write seemed to fail may have been made.
    private static bool IsOwn(StoredOperation current, Delivery delivery) =>
        current.Status.State == OperationState.Running && current.Metadata.ClaimId == delivery.ClaimId;

    private static ClaimDecision Decide(StoredOperation current, Delivery delivery) => current.Metadata switch
    {
        _ when !IsOwn(current, delivery) => Ownership.Decide(current, delivery.Message, delivery.MaxAttempts),
        { CancelRequested: true } => ClaimDecision.Cancel,
        _ => ClaimDecision.Run,
    };

    private static OperationStatus Begun(OperationStatus status, ReceivedMessage message, OperationEstimate? estimate) => status with
    {
        State = OperationState.Running,
        Attempt = message.ReceiveCount,
        PercentComplete = null,
        Message = null,
        // The wait in the queue is over: what is left is the work itself, or else what the host estimated.
        Estimate = estimate,
    };

    private ClaimResult ResultOf(ClaimDecision claim, Delivery delivery, object payload, StatusTransition transition)
    {
        var (message, read, current) = (delivery.Message, transition.Read!.Status, transition.Current!);
        if (claim == ClaimDecision.Run)
        {
            return new ClaimResult(default, new ClaimedOperation(current, payload, read.State == OperationState.NotStarted ? read : null));
        }

        if (claim == ClaimDecision.Superseded)
        {
            Log.MessageOfEarlierDocument(logger, message.Id, delivery.Kind, read.Id);
        }
        else if (claim is ClaimDecision.Ended or ClaimDecision.OwnedElsewhere)
        {
            Log.OperationNotTaken(logger, message.Id, read.Id, claim.ToString());
        }
        else
        {
            Log.OperationEnded(logger, current.Status.Id, current.Status.State, current.Status.Attempt ?? 0);
        }

        var result = claim switch
        {
            ClaimDecision.Superseded => new DeliveryResult(MessageDisposition.Delete, MessageOutcomes.Superseded),
            ClaimDecision.Ended => new DeliveryResult(MessageDisposition.Delete, MessageOutcomes.AlreadyEnded),
            ClaimDecision.OwnedElsewhere => new DeliveryResult(MessageDisposition.Leave, MessageOutcomes.OwnedElsewhere),
            ClaimDecision.Cancel => new DeliveryResult(MessageDisposition.Delete, MessageOutcomes.Canceled),
            _ => new DeliveryResult(MessageDisposition.Delete, MessageOutcomes.GivenUp, MessageOutcomes.GivenUp),
        };
        return new ClaimResult(result with { OperationId = read.Id });
    }
}

/// <summary>The result of a claim.</summary>
/// <param name="Result">What becomes of the message if there is nothing to run.</param>
/// <param name="Operation">The operation to run; <see langword="null"/> if there is nothing to run.</param>
internal sealed record ClaimResult(DeliveryResult Result, ClaimedOperation? Operation = null);

/// <summary>An operation that this delivery holds.</summary>
/// <param name="Stored">The document as it was claimed.</param>
/// <param name="Payload">The payload of the message.</param>
/// <param name="Waited">The document as it waited; <see langword="null"/> if an earlier run had claimed it.</param>
internal sealed record ClaimedOperation(StoredOperation Stored, object Payload, OperationStatus? Waited);
