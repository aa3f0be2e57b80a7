namespace OffloadedPolling.Tests.Shared;

/// <summary>These tests need the whole machine: beside others, a message's time could be over before its turn comes.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class WholeMachine
{
    public const string Name = "Whole machine";
}
