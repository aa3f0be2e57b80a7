using System.Diagnostics;
using OffloadedPolling.Diagnostics;

namespace OffloadedPolling.Status;

/// <summary>Every write of a status document, with a span of its own, and counted.</summary>
internal sealed class ObservedWrites(IOperationStatusStore store, OperationMetrics metrics)
{
    public Task<StoredOperation> CreateAsync(OperationStatus status, OperationMetadata metadata, CancellationToken cancel) =>
        WriteAsync("create status", null, status, metadata, cancel);

    public Task<StoredOperation> UpdateAsync(StoredOperation before, OperationStatus status, OperationMetadata metadata, CancellationToken cancel) =>
        WriteAsync("write status", before, status, metadata, cancel);

    private async Task<StoredOperation> WriteAsync(
        string name, StoredOperation? before, OperationStatus status, OperationMetadata metadata, CancellationToken cancel)
    {
        using var activity = Start(name, status);
        try
        {
            var written = await (before is null
                ? store.CreateAsync(status, metadata, cancel)
                : store.UpdateAsync(status, metadata, before.Version, cancel)).ConfigureAwait(false);
            Tell(activity, status, WriteOutcomes.Written);
            if (before is not null)
            {
                metrics.Moved(before.Status.State, written.Status);
            }

            return written;
        }
        catch (OperationStatusConflictException)
        {
            // No failure: the change is decided anew.
            Tell(activity, status, WriteOutcomes.Conflict);
            throw;
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            Tell(activity, status, WriteOutcomes.Canceled);
            throw;
        }
        catch (Exception failed)
        {
            Tell(activity, status, WriteOutcomes.Failed);
            activity.Fail(failed);
            throw;
        }
    }

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
