namespace OffloadedPolling.Benchmarks.Polls;

/// <summary>One operation, by the clock of its queue in seconds.</summary>
internal readonly record struct SimulatedOperation(double Arrival, double Start, double End)
{
    public double Sojourn => End - Arrival;
}
