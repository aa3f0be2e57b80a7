namespace OffloadedPolling;

/// <summary>Reports whether the workers of this process receive messages. For health checks.</summary>
public interface IWorkerHealth
{
    /// <summary>What keeps a worker of this process from receiving messages, and what to do; <see langword="null"/> if nothing does.</summary>
    string? Problem { get; }
}
