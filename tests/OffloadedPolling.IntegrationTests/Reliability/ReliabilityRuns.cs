namespace OffloadedPolling.IntegrationTests.Reliability;

/// <summary>Runs these tests without others in parallel: they need the whole machine, and time-dependent tests would fail.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class ReliabilityRuns
{
    public const string Name = "Reliability";
}
