namespace OffloadedPolling.Tests.Shared;

/// <summary>Controls what a <see cref="WorkHandler"/> does, and counts its runs.</summary>
internal sealed class Work
{
    private int _runs;

    public int Runs => Volatile.Read(ref _runs);

    public Func<Parcel, Receipt> Run { get; set; } = _ => new Receipt();

    /// <summary>Replaces <see cref="Run"/> if it is set.</summary>
    public Func<OperationContext<Parcel>, CancellationToken, Task<Receipt>>? RunAsync { get; set; }

    /// <summary>The handler waits for this gate if it is set.</summary>
    public TaskCompletionSource? Gate { get; set; }

    public void Begin() => Interlocked.Increment(ref _runs);
}

/// <summary>Does what its <see cref="Work"/> says.</summary>
internal sealed class WorkHandler(Work work) : IOperationHandler<Parcel, Receipt>
{
    public async Task<Receipt> HandleAsync(OperationContext<Parcel> context, CancellationToken cancellationToken)
    {
        work.Begin();
        if (work.Gate is { } gate)
        {
            await gate.Task.WaitAsync(cancellationToken);
        }

        return work.RunAsync is { } run ? await run(context, cancellationToken) : work.Run(context.Payload);
    }
}
