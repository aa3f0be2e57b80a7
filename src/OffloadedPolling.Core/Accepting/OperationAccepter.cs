using OffloadedPolling.Status;
using OffloadedPolling.Urls;

namespace OffloadedPolling.Accepting;

/// <summary>Steps 2 to 5 of the road: estimate, store, issue, send.</summary>
internal sealed class OperationAccepter(
    IOperationStatusStore store, DocumentCreator documents, StatusUrls urls, AcceptSettlements settlements)
{
    public async Task<AcceptedOperation> AcceptAsync(AcceptRequest request, CancellationToken cancellationToken)
    {
        var kind = request.Kind;
        using var deadline = kind.Gate.Enter(cancellationToken);

        // 2. Estimate. A payload that the queue does not accept is refused before anything is stored. Both may wait for the queue, so they
        // run at the same time.
        var estimating = kind.Estimator.EstimateAsync(deadline.Token);
        var composing = kind.Queue.ComposeAsync(store.GetStatusKey(request.Id), request.Payload, deadline.Token);
        var message = await deadline.WaitAsync(AcceptStep.Estimate, composing).ConfigureAwait(false);
        var estimate = await deadline.WaitAsync(AcceptStep.Estimate, estimating).ConfigureAwait(false);

        // 3. Store.
        var creation = documents.StartCreating(request, estimate);
        var (operation, isRepeated) = await WaitForStoreAsync(creation, message, deadline).ConfigureAwait(false);
        try
        {
            // 4. Issue. The URL comes first: a message that is sent cannot be taken back.
            var issuing = urls.IssueAsync(operation.Status, isRepeated, deadline.Token);
            var accepted = await deadline.WaitAsync(AcceptStep.Issue, issuing).ConfigureAwait(false);

            // 5. Send. An operation that was accepted before may be running, or may have ended.
            if (operation.Status.State == OperationState.NotStarted)
            {
                var sending = kind.Queue.SendAsync(message, operation.Status, deadline.Token);
                await deadline.WaitAsync(AcceptStep.Send, sending).ConfigureAwait(false);
            }

            return accepted;
        }
        catch (Exception failed) when (operation.Status.State == OperationState.NotStarted)
        {
            await SettleAsync(creation, message, deadline, failed).ConfigureAwait(false);
            throw;
        }
    }

    private async Task<(StoredOperation Operation, bool IsRepeated)> WaitForStoreAsync(
        DocumentCreation creation, OutgoingMessage message, AcceptDeadline deadline)
    {
        try
        {
            return await deadline.WaitAsync(AcceptStep.Store, creation.Result).ConfigureAwait(false);
        }
        catch (Exception failed) when (DocumentCreation.IsInDoubt(failed))
        {
            // The document may exist or may still be created, and no caller would know it.
            _ = creation.Request.IsRepeatable ? settlements.SendAsync(creation, message) : settlements.EndAsync(creation, Problems.NotSent);
            throw;
        }
    }

    /// <summary>Settles the document of an accept that failed after step 3, in the background if no time is left.</summary>
    private async Task SettleAsync(DocumentCreation creation, OutgoingMessage message, AcceptDeadline deadline, Exception failed)
    {
        if (!creation.Request.IsRepeatable)
        {
            // The caller does not know the URL, and will send a new request. This operation must neither run without a caller nor wait
            // forever.
            var problem = failed is StatusUrlException ? Problems.NotIssued : Problems.NotSent;
            await deadline.GiveTimeAsync(settlements.EndAsync(creation, problem)).ConfigureAwait(false);
        }
        else if (failed is PayloadTooLargeException or InvalidPayloadException)
        {
            // Another accept with the same key cannot send it either.
            await deadline.GiveTimeAsync(settlements.EndAsync(creation, Problems.PayloadRefused)).ConfigureAwait(false);
        }
        else if (deadline.IsOver)
        {
            _ = settlements.SendAsync(creation, message);
        }
    }
}
