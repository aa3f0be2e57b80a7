namespace OffloadedPolling.Sqlite;

/// <summary>Wakes the workers of this process when this process sends or releases a message.</summary>
internal sealed class ArrivalSignal
{
    private TaskCompletionSource _next = New();

    /// <summary>Gets a task that completes at the next arrival. Get it before checking for messages, so that none is missed.</summary>
    public Task Next => Volatile.Read(ref _next).Task;

    public void Raise() => Interlocked.Exchange(ref _next, New()).TrySetResult();

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
