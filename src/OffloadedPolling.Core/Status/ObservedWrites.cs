using System.Diagnostics;
using OffloadedPolling.Diagnostics;

namespace OffloadedPolling.Status;

/// <summary>Writes status documents. Each write has a span and is counted.</summary>
internal sealed class ObservedWrites(IOperationStatusStore store, OperationMetrics metrics)
{
    public Task<StoredOperation> CreateAsync(OperationStatus status, OperationMetadata metadata, CancellationToken cancellationToken) =>
        WriteAsync("create status", null, status, metadata, cancellationToken);

    public Task<StoredOperation> UpdateAsync(
        StoredOperation before, OperationStatus status, OperationMetadata metadata, CancellationToken cancellationToken) =>
        WriteAsync("write status", before, status, metadata, cancellationToken);

    private async Task<StoredOperation> WriteAsync(
        string name, StoredOperation? before, OperationStatus status, OperationMetadata metadata, CancellationToken cancellationToken)
    {
        using var activity = Start(name, status);
        try
        {
            var written = await (before is null
                ? store.CreateAsync(status, metadata, cancellationToken)
                : store.UpdateAsync(status, metadata, before.Version, cancellationToken)).ConfigureAwait(false);
            Tell(activity, status, WriteOutcomes.Written);
            if (before is not null)
            {
                metrics.Moved(before.Status.State, written.Status);
            }

            return written;
        }
        catch (Exception failed)
        {
            var outcome = OutcomeOf(failed, cancellationToken);
            Tell(activity, status, outcome);
            if (outcome == WriteOutcomes.Failed)
            {
                activity.Fail(failed);
            }

            throw;
        }
    }

    // A conflict is not a failure: the change is made again.
    private static string OutcomeOf(Exception failed, CancellationToken cancellationToken) => failed switch
    {
        OperationStatusConflictException => WriteOutcomes.Conflict,
        OperationCanceledException when cancellationToken.IsCancellationRequested => WriteOutcomes.Canceled,
        _ => WriteOutcomes.Failed,
    };

    private static Activity? Start(string name, OperationStatus status) => OperationActivities.Source.HasListeners()
        ? OperationActivities.Source.StartActivity(
            name, ActivityKind.Internal, default(ActivityContext),
            [new(TagNames.Kind, status.Kind), new(TagNames.OperationId, status.Id), new(TagNames.Status, status.State.ToString())])
        : null;

    private void Tell(Activity? activity, OperationStatus status, string outcome)
    {
        activity?.SetTag(TagNames.WriteOutcome, outcome);
        metrics.Wrote(status, outcome);
    }
}
