using System.Diagnostics;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using OffloadedPolling.Diagnostics;
using OffloadedPolling.Status;

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
        catch (OperationCanceledException) when (delivery.StopWaiting.IsCancellationRequested)
        {
            Log.DeliveryAbandoned(logger, delivery.Message.Id, delivery.Kind);
            return new DeliveryResult(delivery.Lease.UnfinishedDisposition, MessageOutcomes.Stopped).ReportTo(activity);
        }
        catch (OffloadedPollingException failed)
        {
            Log.MessageLeft(logger, delivery.Message.Id, delivery.Kind, failed);
            return DeliveryResult.Left(failed).ReportTo(activity) with { StoreFailure = failed as OperationStoreException };
        }
        catch (Exception unexpected)
        {
            DeliveryResult.Left(unexpected).ReportTo(activity);
            throw;
        }
    }
}

/// <summary>A delivery of a message to process. The receiver of the message cancels the tokens, in this order.</summary>
/// <param name="Invoker">Calls the handler of the queue's kind.</param>
/// <param name="Lease">The message, and the lease that keeps it hidden.</param>
/// <param name="NoNewWork">Canceled as soon as the host stops: a delivery whose work has not started is released.</param>
/// <param name="CancelHandlers">Canceled when the shutdown timeout has elapsed: running handlers must end.</param>
/// <param name="StopWaiting">
/// Canceled shortly after that: nothing is awaited any longer, neither handler nor store, and the delivery is released.
/// </param>
internal sealed record Delivery(
    HandlerInvoker Invoker, MessageLease Lease,
    CancellationToken NoNewWork, CancellationToken CancelHandlers, CancellationToken StopWaiting)
{
    public ReceivedMessage Message => Lease.Message;
    public string Kind => Invoker.Kind.Name;

    /// <summary>Written with the claim, so that this delivery recognizes its own claim even if the store's answer was lost.</summary>
    public string ClaimId { get; } = RandomNumberGenerator.GetHexString(16, lowercase: true);

    /// <summary>Whether a delivery whose work has not started waits while the store fails. Otherwise, it is returned.</summary>
    public bool WaitsForStore { get; init; } = true;

    /// <summary>The maximum number of attempts; <see cref="int.MaxValue"/> for no limit.</summary>
    public int MaxAttempts => Math.Min(Message.MaxReceiveCount ?? int.MaxValue, Invoker.Kind.Options.MaxAttempts ?? int.MaxValue);
}

/// <summary>The result of the first step: an operation to run, or what happens to the message without a run.</summary>
internal sealed record ClaimResult(DeliveryResult Result, ClaimedOperation? Operation = null);

/// <summary>An operation that this delivery holds.</summary>
/// <param name="Stored">The document as it was claimed.</param>
/// <param name="Payload">The payload of the message.</param>
/// <param name="Waited">The document before the claim; <see langword="null"/> if an earlier run had claimed it.</param>
internal sealed record ClaimedOperation(StoredOperation Stored, object Payload, OperationStatus? Waited);

/// <summary>The result of the second step, which says what the third one does.</summary>
internal abstract record RunEnd
{
    /// <summary>Write the terminal state.</summary>
    /// <param name="Outcome">The terminal state, with result or problem.</param>
    /// <param name="ErrorType">The <c>error.type</c> of the message's span; <see langword="null"/> if nothing failed.</param>
    internal sealed record Terminal(OperationOutcome Outcome, string? ErrorType = null) : RunEnd;

    /// <summary>Release the operation for its next attempt: the handler threw, and more attempts are allowed.</summary>
    internal sealed record Retry(Exception Thrown) : RunEnd;

    /// <summary>Write nothing: the run was interrupted, and the operation continues with the next delivery of the message.</summary>
    internal sealed record HandBack(DeliveryResult Result) : RunEnd;
}

internal enum MessageDisposition
{
    /// <summary>Delete it: its operation has ended, or it never belonged to the operation.</summary>
    Delete,
    /// <summary>Leave it: it is redelivered when its visibility timeout ends, and finally becomes a dead letter.</summary>
    Leave,
    /// <summary>Release it: it is redelivered immediately, or after <see cref="DeliveryResult.VisibleAfter"/>.</summary>
    Release,
}

/// <summary>The result of processing a delivery.</summary>
/// <param name="Disposition">What happens to the message.</param>
/// <param name="Outcome">The outcome in its span, one of <see cref="MessageOutcomes"/>.</param>
/// <param name="ErrorType">The <c>error.type</c> of its span; <see langword="null"/> if it did not fail.</param>
internal readonly record struct DeliveryResult(MessageDisposition Disposition, string? Outcome = null, string? ErrorType = null)
{
    /// <summary>How long a released message stays hidden.</summary>
    public TimeSpan VisibleAfter { get; init; }

    /// <summary>The ID of the operation whose document was found; <see langword="null"/> if none was found or read.</summary>
    public string? OperationId { get; init; }

    /// <summary>Whether no status document was found for the message.</summary>
    public bool IsOrphan { get; init; }

    public bool HasRun { get; init; }

    /// <summary>The failure of the store that interrupted the processing.</summary>
    public OperationStoreException? StoreFailure { get; init; }

    public static DeliveryResult Left(Exception failed) => new(MessageDisposition.Leave, MessageOutcomes.Left, failed.GetType().FullName);

    public DeliveryResult ReportTo(Activity? activity)
    {
        activity?.SetTag(TagNames.MessageOutcome, Outcome);
        if (ErrorType is not null)
        {
            activity.Fail(ErrorType);
        }

        return this;
    }
}
