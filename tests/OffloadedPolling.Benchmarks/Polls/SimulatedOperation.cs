namespace OffloadedPolling.Benchmarks.Polls;

/// <summary>One operation. Its times are in seconds on the clock of its queue.</summary>
internal readonly record struct SimulatedOperation(double Arrival, double Start, double End)
{
    public double Sojourn => End - Arrival;
}
