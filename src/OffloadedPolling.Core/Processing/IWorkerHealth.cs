namespace OffloadedPolling;

/// <summary>Reports whether the workers of this process receive messages. For health checks.</summary>
public interface IWorkerHealth
{
    /// <summary>Gets what prevents a worker of this process from receiving and what to do, or <see langword="null"/>.</summary>
    string? Problem { get; }
}
