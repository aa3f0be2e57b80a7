using System.Diagnostics;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using OffloadedPolling.Diagnostics;
using OffloadedPolling.Status;

namespace OffloadedPolling.Processing;

/// <summary>
/// Step 8 of the road, first part: finds the operation of a delivery and claims it. While the store fails, the delivery is kept and the claim
/// is made when the store answers: nothing has begun yet, so no delivery is spent on an outage.
/// </summary>
internal sealed class OperationClaims(
    IOperationStatusStore store,
    StatusTransitions transitions,
    StoreCircuitBreaker circuit,
    TimeProvider time,
    ILogger<MessageProcessor> logger)
{
    // For a store whose check passes while this document's reads or writes fail.
    private const int MaxTries = 4;

    // For a newer profile, of which there is one in thirty seconds.
    private static readonly TimeSpan _patience = TimeSpan.FromMilliseconds(100);

    /// <summary>Claims the operation, or decides what becomes of the message without a run.</summary>
    public async Task<OperationClaim> ClaimAsync(Delivery delivery, Activity? activity)
    {
        if (ReadPayload(delivery, activity) is not { } payload)
        {
            return new OperationClaim(new DeliveryResult(MessageDisposition.Leave));
        }

        for (var tries = 1; ; tries++)
        {
            try
            {
                var claim = await StorePatience.BoundAsync(
                    bounded => TryClaimAsync(delivery, payload, activity, bounded), time, delivery.Abandon).ConfigureAwait(false);
                circuit.OnSuccess();
                return claim;
            }
            catch (OperationStoreException failed) when (delivery.WaitsForStore && tries < MaxTries)
            {
                circuit.OnFailure(failed);
            }

            using var given = CancellationTokenSource.CreateLinkedTokenSource(delivery.Stopping, delivery.Lease.Lost);
            await circuit.WaitAsync(given.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (given.IsCancellationRequested)
            {
                activity.CameTo(MessageOutcomes.Stopped);
                return new OperationClaim(new DeliveryResult(
                    delivery.Lease.Lost.IsCancellationRequested ? MessageDisposition.Leave : MessageDisposition.Release));
            }
        }
    }

    private object? ReadPayload(Delivery delivery, Activity? activity)
    {
        var message = delivery.Message;
        if (message.StatusKey is null)
        {
            Log.MessageWithoutStatusKey(logger, message.Id, delivery.Kind);
            Invalid(activity);
            return null;
        }

        try
        {
            return delivery.Runner.ReadPayload(message.Body);
        }
        catch (JsonException malformed)
        {
            // Without the inner exceptions, which may quote the payload.
            Log.MessageBodyUnreadable(
                logger, message.Id, delivery.Kind, malformed.Path ?? "$", malformed.LineNumber ?? 0, malformed.BytePositionInLine ?? 0);
            Invalid(activity);
            return null;
        }
    }

    private async Task<OperationClaim> TryClaimAsync(
        Delivery delivery, object payload, Activity? activity, CancellationToken cancellationToken)
    {
        var message = delivery.Message;
        if (await FindAsync(delivery, cancellationToken).ConfigureAwait(false) is not { } found)
        {
            Log.UnknownStatusKey(logger, message.Id, delivery.Kind, message.StatusKey!);
            Invalid(activity);
            return new OperationClaim(new DeliveryResult(MessageDisposition.Leave) { IsOrphan = true });
        }

        var id = found.Status.Id;
        activity?.SetTag(TagNames.OperationId, id);
        if (found.Status.Kind != delivery.Kind)
        {
            Log.OperationOfAnotherKind(logger, message.Id, delivery.Kind, id, found.Status.Kind);
            Invalid(activity);
            return Decided(MessageDisposition.Leave);
        }

        var known = await delivery.Runner.Kind.Durations.EstimateAsync(_patience, cancellationToken).ConfigureAwait(false);
        var maxAttempts = delivery.MaxAttempts;
        var (current, written) = await transitions.ApplyAsync(
            found, current => Change(current, delivery, maxAttempts, known.Estimate), cancellationToken).ConfigureAwait(false);
        return current is null
            ? Decided(MessageDisposition.Leave)
            : Claimed(delivery, payload, current, written, activity);

        OperationClaim Decided(MessageDisposition disposition) => new(new DeliveryResult(disposition) { OperationId = id });
    }

    private async Task<StoredOperation?> FindAsync(Delivery delivery, CancellationToken cancellationToken) => store.GetOperationId(delivery.Message.StatusKey!) is { } id
        ? await store.GetAsync(id, cancellationToken).ConfigureAwait(false)
        : null;

    private (OperationStatus Status, OperationMetadata Metadata)? Change(
        StoredOperation current, Delivery delivery, int maxAttempts, OperationEstimate? estimate) => Of(current, delivery, maxAttempts) switch
    {
        Claim.Run when !IsOwn(current, delivery) => (
            Begun(current.Status, delivery.Message, estimate ?? transitions.Remaining(current.Status)),
            current.Metadata with { OwnerMessageId = delivery.Message.Id, ClaimId = delivery.ClaimId }),
        Claim.Cancel => (StatusTransitions.Ended(current.Status, OperationOutcome.Canceled), current.Metadata),
        Claim.GiveUp => (
            StatusTransitions.Ended(current.Status, OperationOutcome.Failed(Problems.GivenUp(current.Status.Attempt))), current.Metadata),
        _ => null,
    };

    // A claim whose write seemed to fail may have been made.
    private static bool IsOwn(StoredOperation current, Delivery delivery) =>
        current.Status.State == OperationState.Running && current.Metadata.ClaimId == delivery.ClaimId;

    private static Claim Of(StoredOperation current, Delivery delivery, int maxAttempts) => current.Metadata switch
    {
        _ when !IsOwn(current, delivery) => Ownership.Of(current, delivery.Message, maxAttempts),
        { CancelRequested: true } => Claim.Cancel,
        _ => Claim.Run,
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

    private OperationClaim Claimed(Delivery delivery, object payload, StoredOperation current, StoredOperation? written, Activity? activity)
    {
        var claim = Of(current, delivery, delivery.MaxAttempts);
        var result = new DeliveryResult(MessageDisposition.Leave) { OperationId = current.Status.Id };
        switch (claim)
        {
            case Claim.Run:
                var waited = current.Status.State == OperationState.NotStarted ? current.Status : null;
                return new OperationClaim(result, new ClaimedOperation(written ?? current, payload, waited));
            case Claim.Superseded:
                Log.MessageOfEarlierDocument(logger, delivery.Message.Id, delivery.Kind, current.Status.Id);
                activity.CameTo(MessageOutcomes.Superseded);
                return new OperationClaim(result with { Disposition = MessageDisposition.Delete });
            case Claim.Ended or Claim.Anothers:
                Log.OperationNotTaken(logger, delivery.Message.Id, current.Status.Id, claim);
                activity.CameTo(claim == Claim.Ended ? MessageOutcomes.AlreadyEnded : MessageOutcomes.Anothers);
                return new OperationClaim(result with { Disposition = claim == Claim.Ended ? MessageDisposition.Delete : MessageDisposition.Leave });
            default:
                activity.CameTo(claim == Claim.Cancel ? MessageOutcomes.Canceled : MessageOutcomes.GivenUp);
                if (claim == Claim.GiveUp)
                {
                    activity.Fail(MessageOutcomes.GivenUp);
                }

                Log.OperationEnded(logger, written!.Status.Id, written.Status.State, written.Status.Attempt ?? 0);
                return new OperationClaim(result with { Disposition = MessageDisposition.Delete });
        }
    }

    private static void Invalid(Activity? activity)
    {
        activity.CameTo(MessageOutcomes.Invalid);
        activity.Fail(MessageOutcomes.Invalid);
    }
}

/// <summary>What a claim came to.</summary>
/// <param name="Result">What becomes of the message if nothing is run.</param>
/// <param name="Operation">The operation to run; <see langword="null"/> if there is nothing to run.</param>
internal sealed record OperationClaim(DeliveryResult Result, ClaimedOperation? Operation = null);

/// <summary>An operation that this delivery holds.</summary>
/// <param name="Stored">The document as it was claimed.</param>
/// <param name="Payload">The payload of the message.</param>
/// <param name="Waited">The document as it waited; <see langword="null"/> if an earlier run had claimed it.</param>
internal sealed record ClaimedOperation(StoredOperation Stored, object Payload, OperationStatus? Waited);
