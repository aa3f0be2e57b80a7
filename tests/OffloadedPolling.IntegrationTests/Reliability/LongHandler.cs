namespace OffloadedPolling.IntegrationTests.Reliability;

/// <summary>A handler that runs until the test ends it or its message is lost.</summary>
internal sealed class LongHandler(Effects effects, TaskCompletionSource end) : IOperationHandler<Parcel, string>
{
    public async Task<string> HandleAsync(OperationContext<Parcel> context, CancellationToken cancellationToken)
    {
        effects.Ran(context.OperationId);
        await end.Task.WaitAsync(cancellationToken);
        return "done";
    }
}
