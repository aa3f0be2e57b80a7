
namespace OffloadedPolling.Tests.Shared;

/// <summary>Does what the <see cref="HandlerScript"/> says.</summary>
internal sealed class ParcelHandler(HandlerScript script) : IOperationHandler<Parcel, string>
{
    private static readonly TimeSpan _step = TimeSpan.FromMilliseconds(20);

    public async Task<string> HandleAsync(OperationContext<Parcel> context, CancellationToken cancellationToken)
    {
        script.Enter();
        try
        {
            return await DeliverAsync(context, cancellationToken);
        }
        finally
        {
            script.Leave();
        }
    }

    private async Task<string> DeliverAsync(OperationContext<Parcel> context, CancellationToken cancellationToken)
    {
        var to = context.Payload.To;
        if (script.Throw.TryGetValue(to, out var exception))
        {
            throw exception;
        }

        if (script.Wait.ContainsKey(to))
        {
            await script.WaitForeverAsync(cancellationToken);
        }

        if (script.Deaf.ContainsKey(to))
        {
            await script.WaitUntilWokenAsync();
        }

        if (script.Percent.TryGetValue(to, out var percent))
        {
            await context.ReportProgressAsync(percent, null, cancellationToken);
        }

        if (script.Message.TryGetValue(to, out var message))
        {
            try
            {
                await context.ReportProgressAsync(1, message, cancellationToken);
            }
            catch (OffloadedPollingException refused) when (refused is StatusDocumentTooLargeException or StatusDocumentRefusedException)
            {
                script.Refused.Enqueue(refused);
            }
        }

        if (script.WaitAfterProgress.ContainsKey(to))
        {
            await script.WaitUntilWokenAsync();
        }

        var steps = script.Steps.GetValueOrDefault(to);
        for (var step = 1; step <= steps; step++)
        {
            await context.ReportProgressAsync(step * 99 / steps, $"step {step}", cancellationToken);
            await Task.Delay(_step, cancellationToken);
        }

        script.Delivered.Enqueue(to);
        return script.Result.GetValueOrDefault(to, "done");
    }
}
