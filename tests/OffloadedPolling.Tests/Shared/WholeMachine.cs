namespace OffloadedPolling.Tests.Shared;

/// <summary>Tests that need the whole machine. Next to other tests, a message could expire before it is processed.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class WholeMachine
{
    public const string Name = "Whole machine";
}
