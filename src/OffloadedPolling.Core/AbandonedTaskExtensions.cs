namespace OffloadedPolling;

/// <summary>Handles tasks that may no longer be awaited.</summary>
internal static class AbandonedTaskExtensions
{
    /// <summary>Observes the exception of a task that may no longer be awaited. Otherwise, .NET reports it as unobserved.</summary>
    public static void ObserveException(this Task abandoned)
    {
        if (!abandoned.IsCompletedSuccessfully)
        {
            _ = abandoned.ContinueWith(
                static ended => _ = ended.Exception,
                CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }
    }
}
