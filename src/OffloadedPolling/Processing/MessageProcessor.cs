using System.Diagnostics;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OffloadedPolling.Diagnostics;
using OffloadedPolling.Status;
using OffloadedPolling.WaitTime;

namespace OffloadedPolling.Processing;

/// <summary>What a worker does with one message: finds its operation, takes it, runs the handler, and writes the end.</summary>
internal sealed class MessageProcessor(
    IOperationStatusStore store,
    IOperationQueue queue,
    StatusTransitions transitions,
    WorkEstimates work,
    HandlerScopes handlers,
    IOptionsMonitor<OperationOptions> operationOptions,
    IOptions<OffloadedPollingOptions> options,
    TimeProvider time,
    OperationMetrics metrics,
    ILogger<MessageProcessor> logger,
    DurationRecorder? durations = null)
{
    // About ten seconds in all: a run's result is worth waiting for S3.
    private const int MaxEndTries = 6;

    // For a newer profile, of which there is one in thirty seconds.
    private static readonly TimeSpan _patience = TimeSpan.FromMilliseconds(100);

    private static readonly TimeSpan _firstEndRetry = TimeSpan.FromMilliseconds(300);

    /// <summary>Processes a message to its end.</summary>
    /// <param name="runner">The handler of the queue's kind.</param>
    /// <param name="message">The message.</param>
    /// <param name="stop">Cancels the handler; the message is given back then.</param>
    /// <param name="abandon">Gives the message back even if the handler does not end.</param>
    public async Task<MessageDisposition> ProcessAsync(HandlerRunner runner, ReceivedMessage message, CancellationToken stop, CancellationToken abandon)
    {
        var kind = runner.Kind.Name;
        using var activity = OperationActivities.Process(kind, kind, queue.MessagingSystem, message);
        try
        {
            if (await FindAsync(runner, message).ConfigureAwait(false) is { } found)
            {
                activity?.SetTag(TagNames.OperationId, found.Operation.Status.Id);
                return await TakeAndRunAsync(runner, message, found.Payload, found.Operation, activity, stop, abandon).ConfigureAwait(false);
            }

            activity.CameTo(MessageOutcomes.Invalid);
            activity.Fail(MessageOutcomes.Invalid);
            return MessageDisposition.Leave;
        }
        catch (OffloadedPollingException failed)
        {
            activity.CameTo(MessageOutcomes.Left, failed);
            Log.MessageLeft(logger, message.Id, kind, failed);
            return MessageDisposition.Leave;
        }
        catch (Exception unexpected)
        {
            activity.CameTo(MessageOutcomes.Left, unexpected);
            throw;
        }
    }

    /// <summary>The message's payload and operation, or <see langword="null"/> for a message that must not run.</summary>
    private async Task<(object Payload, StoredOperation Operation)?> FindAsync(HandlerRunner runner, ReceivedMessage message)
    {
        var kind = runner.Kind.Name;
        if (message.StatusKey is not { } statusKey)
        {
            Log.MessageWithoutStatusKey(logger, message.Id, kind);
            return null;
        }

        object payload;
        try
        {
            payload = runner.ReadPayload(message.Body);
        }
        catch (JsonException malformed)
        {
            // Without the inner exceptions, which may quote the payload.
            Log.MessageBodyUnreadable(logger, message.Id, kind, malformed.Path ?? "$", malformed.LineNumber ?? 0, malformed.BytePositionInLine ?? 0);
            return null;
        }

        var operation = store.GetOperationId(statusKey) is { } id ? await store.GetAsync(id, CancellationToken.None).ConfigureAwait(false) : null;
        if (operation is null)
        {
            Log.UnknownStatusKey(logger, message.Id, kind, statusKey);
            return null;
        }

        if (operation.Status.Kind != kind)
        {
            Log.OperationOfAnotherKind(logger, message.Id, kind, operation.Status.Id, operation.Status.Kind);
            return null;
        }

        return (payload, operation);
    }

    private async Task<MessageDisposition> TakeAndRunAsync(
        HandlerRunner runner, ReceivedMessage message, object payload, StoredOperation found, Activity? activity, CancellationToken stop, CancellationToken abandon)
    {
        var claim = Claim.Run;
        var newest = found;
        var maxAttempts = MaxAttempts(runner.Kind.Name, message);
        var known = await work.GetAsync(runner.Kind.Name, _patience, CancellationToken.None).ConfigureAwait(false);
        var taken = await transitions.ApplyAsync(
            found,
            current => (claim = Ownership.Of(newest = current, message, maxAttempts)) switch
            {
                Claim.Run => (Taken(current.Status, message, known.Estimate ?? transitions.Remaining(current.Status)), current.Metadata with { OwnerMessageId = message.Id }),
                Claim.Cancel => (StatusTransitions.Ended(current.Status, OperationOutcome.Canceled), current.Metadata),
                Claim.GiveUp => (StatusTransitions.Ended(current.Status, OperationOutcome.Failed(Problems.GivenUp(current.Status.Attempt))), current.Metadata),
                _ => null,
            },
            CancellationToken.None).ConfigureAwait(false);
        if (taken is null)
        {
            Log.OperationNotTaken(logger, message.Id, found.Status.Id, claim);
            activity.CameTo(claim == Claim.Ended ? MessageOutcomes.AlreadyEnded : MessageOutcomes.Anothers);
            return claim == Claim.Ended ? MessageDisposition.Delete : MessageDisposition.Leave;
        }

        if (claim != Claim.Run)
        {
            activity.CameTo(claim == Claim.Cancel ? MessageOutcomes.Canceled : MessageOutcomes.GivenUp);
            if (claim == Claim.GiveUp)
            {
                activity.Fail(MessageOutcomes.GivenUp);
            }

            Log.OperationEnded(logger, taken.Status.Id, taken.Status.Status, taken.Status.Attempt ?? 0);
            return MessageDisposition.Delete;
        }

        await using var run = new OperationRun(taken, message, transitions, options.Value, time, logger);
        await using var lease = MessageLease.Start(runner.Kind.Name, message, queue, run.LookAsync, time, logger);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stop, lease.Lost, run.CancelRequested);
        OperationOutcome outcome;
        try
        {
            // On a thread of its own, so that a handler that blocks can be abandoned too.
            var result = await Task.Run(() => handlers.RunAsync(runner, payload, run, end.Token), CancellationToken.None).WaitAsync(abandon).ConfigureAwait(false);
            outcome = OperationOutcome.Succeeded(result);
        }
        catch (OperationFailedException failed)
        {
            Log.OperationFailed(logger, run.OperationId, run.Attempt, failed.Problem.Type, failed.Problem.Title);
            activity.Fail(failed);
            outcome = OperationOutcome.Failed(failed.Problem);
        }
        catch (HandlerResultException invalid)
        {
            outcome = Invalid(run, invalid.Reason, activity);
        }
        catch (OperationCanceledException) when (lease.Lost.IsCancellationRequested)
        {
            Log.OperationLost(logger, run.OperationId, message.Id);
            Lost(activity);
            return MessageDisposition.Leave;
        }
        catch (OperationCanceledException) when (abandon.IsCancellationRequested)
        {
            Log.HandlerAbandoned(logger, run.OperationId, run.Attempt);
            activity.CameTo(MessageOutcomes.Abandoned);
            activity.Fail(MessageOutcomes.Abandoned);
            return MessageDisposition.Release;
        }
        catch (OperationCanceledException) when (run.CancelRequested.IsCancellationRequested)
        {
            outcome = OperationOutcome.Canceled;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            Log.HandlerStopped(logger, run.OperationId, run.Attempt);
            activity.CameTo(MessageOutcomes.Stopped);
            return MessageDisposition.Release;
        }
        catch (Exception thrown) when (message.ReceiveCount >= maxAttempts)
        {
            Log.HandlerThrewAtLast(logger, run.OperationId, run.Attempt, thrown);
            activity.Fail(thrown);
            outcome = OperationOutcome.Failed(Problems.HandlerFailed(run.Attempt));
        }
        catch (Exception thrown)
        {
            Log.HandlerThrew(logger, run.OperationId, run.Attempt, thrown);
            activity.CameTo(MessageOutcomes.Retried, thrown);
            return MessageDisposition.Leave;
        }

        var waited = newest.Status.Status == OperationState.NotStarted ? newest.Status : null;
        return await EndAsync(run, message, outcome with { ResourceLocation = run.ResourceLocation }, waited, activity).ConfigureAwait(false);
    }

    private int MaxAttempts(string kind, ReceivedMessage message) =>
        Math.Min(message.MaxReceiveCount ?? int.MaxValue, operationOptions.Get(kind).MaxAttempts ?? int.MaxValue);

    private static OperationStatus Taken(OperationStatus status, ReceivedMessage message, OperationEstimate? estimate) => status with
    {
        Status = OperationState.Running,
        Attempt = message.ReceiveCount,
        PercentComplete = null,
        Message = null,
        // The wait in the queue is over: what is left is the work itself, or else what the host said.
        Estimate = estimate,
    };

    private async Task<MessageDisposition> EndAsync(
        OperationRun run, ReceivedMessage message, OperationOutcome outcome, OperationStatus? waited, Activity? activity)
    {
        var known = run.End();
        var newest = known;
        var tooLargeForItself = false;
        for (var tries = 1; ; tries++)
        {
            try
            {
                var ended = await transitions.ApplyAsync(
                    known,
                    current => Ownership.IsHeldBy(newest = current, message) ? (StatusTransitions.Ended(current.Status, outcome), current.Metadata) : null,
                    CancellationToken.None).ConfigureAwait(false);
                if (ended is null && !IsOwnEnd(newest, message, outcome))
                {
                    return Lost(run, message, newest, activity);
                }

                if (ended is null)
                {
                    metrics.Ended(newest.Status);
                }

                return Ended(run, (ended ?? newest).Status, waited, activity);
            }
            catch (StatusDocumentTooLargeException tooLarge) when (!tooLargeForItself)
            {
                Log.ResultTooLarge(logger, run.OperationId, tooLarge);
                activity.Fail(tooLarge);
                outcome = OperationOutcome.Failed(Problems.ResultTooLarge(tooLarge));
                tooLargeForItself = true;
            }
            catch (StatusDocumentNotSerializableException invalid) when (!tooLargeForItself)
            {
                (outcome, tooLargeForItself) = (Invalid(run, invalid, activity), true);
            }
            catch (OffloadedPollingException failed) when (failed is OperationStoreException or OperationStatusConflictException && tries < MaxEndTries)
            {
                await Backoff.DelayAsync(time, tries, CancellationToken.None, _firstEndRetry).ConfigureAwait(false);
            }
        }
    }

    private OperationOutcome Invalid(OperationRun run, StatusDocumentNotSerializableException invalid, Activity? activity)
    {
        Log.ResultInvalid(logger, run.OperationId, invalid.Message);
        activity.Fail(invalid);
        return OperationOutcome.Failed(Problems.ResultInvalid);
    }

    // A write that failed, as it seemed, may have been made; by a policy's will, with another outcome.
    private static bool IsOwnEnd(StoredOperation newest, ReceivedMessage message, OperationOutcome outcome) =>
        (newest.Status.Status == outcome.State || newest.Status.Error?.Type == Problems.StatusRefused.Type)
        && newest.Metadata.OwnerMessageId == message.Id && newest.Status.Attempt == message.ReceiveCount;

    private MessageDisposition Ended(OperationRun run, OperationStatus ended, OperationStatus? waited, Activity? activity)
    {
        Log.OperationEnded(logger, run.OperationId, ended.Status, run.Attempt);
        metrics.Ran(ended, run.Elapsed, waited);
        activity.CameTo(ended.Status switch
        {
            OperationState.Succeeded => MessageOutcomes.Succeeded,
            OperationState.Canceled => MessageOutcomes.Canceled,
            _ => MessageOutcomes.Failed,
        });
        if (ended.Status != OperationState.Canceled)
        {
            durations?.Record(run.Kind, run.Elapsed);
        }

        return MessageDisposition.Delete;
    }

    private MessageDisposition Lost(OperationRun run, ReceivedMessage message, StoredOperation newest, Activity? activity)
    {
        Log.OperationLost(logger, run.OperationId, message.Id);
        Lost(activity);
        return newest.Status.Status.IsTerminal() ? MessageDisposition.Delete : MessageDisposition.Leave;
    }

    private static void Lost(Activity? activity)
    {
        activity.CameTo(MessageOutcomes.Lost);
        activity.Fail(MessageOutcomes.Lost);
    }
}
