namespace OffloadedPolling.IntegrationTests.Reliability;

/// <summary>A handler that reports progress and counts its runs.</summary>
internal sealed class CountedHandler(Effects effects) : IOperationHandler<Parcel, string>
{
    private static readonly TimeSpan _half = TimeSpan.FromMilliseconds(50);

    public async Task<string> HandleAsync(OperationContext<Parcel> context, CancellationToken cancellationToken)
    {
        await Task.Delay(_half, cancellationToken);
        await context.ReportProgressAsync(50, "Half way", cancellationToken);
        await Task.Delay(_half, cancellationToken);
        effects.Ran(context.OperationId);
        return "done";
    }
}
