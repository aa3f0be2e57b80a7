
namespace OffloadedPolling.Tests.Shared;

/// <summary>Does what the <see cref="Desk"/> says.</summary>
internal sealed class ParcelHandler(Desk desk) : IOperationHandler<Parcel, string>
{
    private static readonly TimeSpan _step = TimeSpan.FromMilliseconds(20);

    public async Task<string> HandleAsync(OperationContext<Parcel> context, CancellationToken cancellationToken)
    {
        desk.Enter();
        try
        {
            return await DeliverAsync(context, cancellationToken);
        }
        finally
        {
            desk.Leave();
        }
    }

    private async Task<string> DeliverAsync(OperationContext<Parcel> context, CancellationToken cancellationToken)
    {
        var to = context.Payload.To;
        if (desk.Throw.TryGetValue(to, out var exception))
        {
            throw exception;
        }

        if (desk.Wait.ContainsKey(to))
        {
            await desk.WaitForeverAsync(cancellationToken);
        }

        if (desk.Deaf.ContainsKey(to))
        {
            await desk.WaitUntilWokenAsync();
        }

        if (desk.Percent.TryGetValue(to, out var percent))
        {
            await context.ReportProgressAsync(percent, null, cancellationToken);
        }

        if (desk.Message.TryGetValue(to, out var message))
        {
            try
            {
                await context.ReportProgressAsync(1, message, cancellationToken);
            }
            catch (OffloadedPollingException refused) when (refused is StatusDocumentTooLargeException or StatusDocumentRefusedException)
            {
                desk.Refused.Enqueue(refused);
            }
        }

        if (desk.WaitAfterProgress.ContainsKey(to))
        {
            await desk.WaitUntilWokenAsync();
        }

        var steps = desk.Steps.GetValueOrDefault(to);
        for (var step = 1; step <= steps; step++)
        {
            await context.ReportProgressAsync(step * 99 / steps, $"step {step}", cancellationToken);
            await Task.Delay(_step, cancellationToken);
        }

        desk.Delivered.Enqueue(to);
        return desk.Result.GetValueOrDefault(to, "done");
    }
}
