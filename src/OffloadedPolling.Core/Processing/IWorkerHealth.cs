namespace OffloadedPolling;

/// <summary>Reports to health checks whether the workers of this process receive messages.</summary>
public interface IWorkerHealth
{
    /// <summary>
    /// Gets the reason why a worker of this process does not receive messages, and what to do; <see langword="null"/> if there is none.
    /// </summary>
    string? Problem { get; }
}
