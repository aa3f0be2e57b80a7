namespace OffloadedPolling.IntegrationTests.Reliability;

/// <summary>These runs need the whole machine: beside them, tests that watch the clock would fail, and they beside others.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class ReliabilityRuns
{
    public const string Name = "Reliability";
}
