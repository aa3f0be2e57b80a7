using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OffloadedPolling.Diagnostics;
using OffloadedPolling.Status;

namespace OffloadedPolling.Processing;

/// <summary>What a worker does with one message: finds its operation, takes it, runs the handler, and writes the end.</summary>
internal sealed class MessageProcessor(
    IOperationStatusStore store,
    IOperationQueue queue,
    StatusTransitions transitions,
    IServiceScopeFactory scopes,
    IOptionsMonitor<OperationOptions> operationOptions,
    IOptions<OffloadedPollingOptions> options,
    TimeProvider time,
    ILogger<MessageProcessor> logger)
{
    // About ten seconds in all: a run's result is worth waiting for S3.
    private const int MaxEndTries = 6;

    private static readonly TimeSpan _firstEndRetry = TimeSpan.FromMilliseconds(300);

    /// <summary>Processes a message to its end.</summary>
    /// <param name="runner">The handler of the queue's kind.</param>
    /// <param name="message">The message.</param>
    /// <param name="stop">Cancels the handler; the message is given back then.</param>
    public async Task<MessageDisposition> ProcessAsync(HandlerRunner runner, ReceivedMessage message, CancellationToken stop)
    {
        try
        {
            return await FindAsync(runner, message).ConfigureAwait(false) is { } found
                ? await TakeAndRunAsync(runner, message, found.Payload, found.Operation, stop).ConfigureAwait(false)
                : MessageDisposition.Leave;
        }
        catch (OffloadedPollingException failed)
        {
            Log.MessageLeft(logger, message.Id, runner.Kind.Name, failed);
            return MessageDisposition.Leave;
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
        HandlerRunner runner, ReceivedMessage message, object payload, StoredOperation found, CancellationToken stop)
    {
        var claim = Claim.Run;
        var taken = await transitions.ApplyAsync(
            found,
            current => (claim = Ownership.Of(current, message)) == Claim.Run ? (Taken(current.Status, message), new OperationMetadata { OwnerMessageId = message.Id }) : null,
            CancellationToken.None).ConfigureAwait(false);
        if (taken is null)
        {
            Log.OperationNotTaken(logger, message.Id, found.Status.Id, claim);
            return claim == Claim.Ended ? MessageDisposition.Delete : MessageDisposition.Leave;
        }

        await using var run = new OperationRun(taken, message, transitions, options.Value, time, logger);
        await using var lease = MessageLease.Start(runner.Kind.Name, message, queue, time, logger);
        using var stopOrLost = CancellationTokenSource.CreateLinkedTokenSource(stop, lease.Lost);
        OperationOutcome outcome;
        try
        {
            outcome = OperationOutcome.Succeeded(await RunAsync(runner, payload, run, stopOrLost.Token).ConfigureAwait(false));
        }
        catch (OperationFailedException failed)
        {
            Log.OperationFailed(logger, run.OperationId, run.Attempt, failed.Problem.Type, failed.Problem.Title);
            outcome = OperationOutcome.Failed(failed.Problem);
        }
        catch (OperationCanceledException) when (lease.Lost.IsCancellationRequested)
        {
            Log.OperationLost(logger, run.OperationId, message.Id);
            return MessageDisposition.Leave;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            Log.HandlerStopped(logger, run.OperationId, run.Attempt);
            return MessageDisposition.Release;
        }
        catch (Exception thrown) when (IsLastAttempt(runner.Kind.Name, message))
        {
            Log.HandlerThrewAtLast(logger, run.OperationId, run.Attempt, thrown);
            outcome = OperationOutcome.Failed(Problems.HandlerFailed(run.Attempt));
        }
        catch (Exception thrown)
        {
            Log.HandlerThrew(logger, run.OperationId, run.Attempt, thrown);
            return MessageDisposition.Leave;
        }

        return await EndAsync(run, message, outcome with { ResourceLocation = run.ResourceLocation }).ConfigureAwait(false);
    }

    private async Task<JsonElement?> RunAsync(HandlerRunner runner, object payload, OperationRun run, CancellationToken stop)
    {
        var scope = scopes.CreateAsyncScope();
        await using (scope.ConfigureAwait(false))
        {
            return await runner.RunAsync(scope.ServiceProvider, payload, run, stop).ConfigureAwait(false);
        }
    }

    private bool IsLastAttempt(string kind, ReceivedMessage message) =>
        message.ReceiveCount >= Math.Min(message.MaxReceiveCount ?? int.MaxValue, operationOptions.Get(kind).MaxAttempts ?? int.MaxValue);

    private OperationStatus Taken(OperationStatus status, ReceivedMessage message)
    {
        var settings = operationOptions.Get(status.Kind);
        return status with
        {
            Status = OperationState.Running,
            Attempt = message.ReceiveCount,
            PercentComplete = null,
            Message = null,
            // The wait in the queue is over: what is left is the work itself.
            Estimate = settings is { ExpectedMedian: { } median, ExpectedUpper: { } upper } ? new OperationEstimate { Median = median, Upper = upper } : null,
        };
    }

    private async Task<MessageDisposition> EndAsync(OperationRun run, ReceivedMessage message, OperationOutcome outcome)
    {
        var current = await run.EndAsync().ConfigureAwait(false);
        var tooLargeForItself = false;
        for (var tries = 1; ; tries++)
        {
            try
            {
                var ended = await transitions.ApplyAsync(
                    current,
                    newest => Ownership.IsHeldBy(newest, message) ? (StatusTransitions.Ended(newest.Status, outcome), newest.Metadata) : null,
                    CancellationToken.None).ConfigureAwait(false);
                if (ended is null)
                {
                    Log.OperationLost(logger, run.OperationId, message.Id);
                    return MessageDisposition.Leave;
                }

                Log.OperationEnded(logger, run.OperationId, outcome.State, run.Attempt);
                return MessageDisposition.Delete;
            }
            catch (StatusDocumentTooLargeException tooLarge) when (!tooLargeForItself)
            {
                Log.ResultTooLarge(logger, run.OperationId, tooLarge);
                outcome = OperationOutcome.Failed(Problems.ResultTooLarge(tooLarge));
                tooLargeForItself = true;
            }
            catch (OperationStoreException) when (tries < MaxEndTries)
            {
                await Backoff.DelayAsync(time, tries, CancellationToken.None, _firstEndRetry).ConfigureAwait(false);
            }
        }
    }
}
