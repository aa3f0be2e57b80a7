namespace OffloadedPolling.Sqlite;

/// <summary>Wakes the workers of this process when it has put a message where they can receive it.</summary>
internal sealed class ArrivalSignal
{
    private TaskCompletionSource _next = New();

    /// <summary>Ends at the next arrival. To be taken before looking, so that none is missed between.</summary>
    public Task Next => Volatile.Read(ref _next).Task;

    public void Raise() => Interlocked.Exchange(ref _next, New()).TrySetResult();

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
