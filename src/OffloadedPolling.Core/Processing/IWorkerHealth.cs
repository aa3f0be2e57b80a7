namespace OffloadedPolling;

/// <summary>Reports to health checks whether the workers of this process receive messages.</summary>
public interface IWorkerHealth
{
    /// <summary>Gets why a worker of this process receives no messages, and what to do; <see langword="null"/> if all receive.</summary>
    string? Problem { get; }
}
