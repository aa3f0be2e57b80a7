using System.Text.Json;
using OffloadedPolling.Accepting;
using OffloadedPolling.Processing;
using OffloadedPolling.Tests.Shared;

namespace OffloadedPolling.Tests.StateMachine;

/// <summary>
/// A handler that takes some steps, sometimes reports progress, may ignore its token, and ends in every possible way.
/// </summary>
internal sealed class SteppedHandler(Interleaver interleaver, SteppedProcess process, HandlerEnds ends, SteppedServices services)
    : HandlerInvoker(new OperationKind<Parcel>("parcels", ParcelJson.Default.Options, services), typeof(string))
{
    private static readonly JsonElement _done = JsonSerializer.SerializeToElement("done", ParcelJson.Default.String);

    // It can be serialized, but no reader of the document accepts it.
    private static readonly JsonElement _unreadable = JsonElement.Parse("""{"a":1,"a":2}""");

    public override object ReadPayload(string body) => body;

    public override async Task<HandlerResult> InvokeAsync(IServiceProvider services, OperationRun run)
    {
        var observesToken = interleaver.Next(4) != 0;
        for (var steps = interleaver.Next(5); steps > 0; steps--)
        {
            await interleaver.StepAsync(process, () => true).ConfigureAwait(false);
            if (observesToken)
            {
                run.Signal.Token.ThrowIfCancellationRequested();
            }

            if (interleaver.Next(3) == 0)
            {
                await ReportAsync(run).ConfigureAwait(false);
            }
        }

        switch (interleaver.Next(8))
        {
            case 0:
                ends.Threw(run.OperationId, run.Attempt);
                throw new OperationFailedException("As told.", SteppedPolicy.Secret);
            case 1:
                ends.Threw(run.OperationId, run.Attempt);
                throw new InvalidOperationException("As told.");
            case 2:
                ends.Returned(run.OperationId, run.Attempt);
                return new HandlerResult(_unreadable);
            default:
                ends.Returned(run.OperationId, run.Attempt);
                return new HandlerResult(_done);
        }
    }

    private async Task ReportAsync(OperationRun run)
    {
        try
        {
            await run.ReportAsync(
                new OperationProgress(interleaver.Next(100), SteppedPolicy.Secret), CancellationToken.None).ConfigureAwait(false);
        }
        catch (StatusDocumentRefusedException) when (interleaver.Next(2) == 0)
        {
            // The handler continues without it.
        }
        catch (StatusDocumentRefusedException)
        {
            ends.Threw(run.OperationId, run.Attempt);
            throw;
        }
    }
}
