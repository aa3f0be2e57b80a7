using OffloadedPolling.Status;
using OffloadedPolling.Urls;

namespace OffloadedPolling.Accepting;

/// <summary>Steps 2 to 5 of an operation's road: estimate, store, issue, send.</summary>
internal sealed class OperationAccepter(
    IOperationStatusStore store, DocumentCreator documents, StatusUrls urls, AcceptSettlements settlements)
{
    /// <summary>Accepts an operation.</summary>
    public async Task<AcceptedOperation> AcceptAsync(AcceptRequest request, CancellationToken cancellationToken)
    {
        var kind = request.Kind;
        using var deadline = kind.Gate.Enter(cancellationToken);

        // 2. Estimate. What no queue takes is refused before anything is stored.
        var composing = kind.Queue.ComposeAsync(store.GetStatusKey(request.Id), request.Payload, deadline.Token);
        var message = await deadline.WaitAsync(AcceptStep.Estimate, composing).ConfigureAwait(false);
        var estimate = await deadline.WaitAsync(AcceptStep.Estimate, kind.Estimator.EstimateAsync(deadline.Token)).ConfigureAwait(false);

        // 3. Store.
        var creation = documents.Begin(request, estimate);
        try
        {
            var (operation, isRepeated) = await deadline.WaitAsync(AcceptStep.Store, creation.Result).ConfigureAwait(false);

            // 4. Issue. The URL comes first: once the message is sent, nobody can take it back.
            var issuing = urls.IssueAsync(operation.Status, isRepeated, deadline.Token);
            var accepted = await deadline.WaitAsync(AcceptStep.Issue, issuing).ConfigureAwait(false);

            // 5. Send. An operation that was accepted before may have begun, or ended.
            if (operation.Status.State == OperationState.NotStarted)
            {
                var sending = kind.Queue.SendAsync(message, operation.Status, deadline.Token);
                await deadline.WaitAsync(AcceptStep.Send, sending).ConfigureAwait(false);
            }

            return accepted;
        }
        catch (Exception failed)
        {
            await SettleAsync(creation, message, deadline, failed).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Sees to what a failed accept leaves, in the background if need be.</summary>
    private async Task SettleAsync(DocumentCreation creation, OutgoingMessage message, AcceptDeadline deadline, Exception failed)
    {
        var isRepeatable = creation.Request.IsRepeatable;
        if (deadline.Step == AcceptStep.Store)
        {
            // The document may exist, or may be created after all, and nobody would know of it.
            if (DocumentCreation.IsInDoubt(failed))
            {
                _ = isRepeatable ? settlements.SendAsync(creation, message) : settlements.EndAsync(creation, Problems.NotSent);
            }
        }
        else if (!isRepeatable)
        {
            // The caller of a failed accept never learns the URL, and asks again: the work must not be done for nobody, nor wait for ever.
            var problem = failed is StatusUrlException ? Problems.NotIssued : Problems.NotSent;
            await deadline.GiveTimeAsync(settlements.EndAsync(creation, problem)).ConfigureAwait(false);
        }
        else if (failed is PayloadTooLargeException or InvalidPayloadException)
        {
            // No later accept with the key can send it either.
            await deadline.GiveTimeAsync(settlements.EndAsync(creation, Problems.PayloadRefused)).ConfigureAwait(false);
        }
        else if (deadline.IsOver)
        {
            _ = settlements.SendAsync(creation, message);
        }
    }
}
