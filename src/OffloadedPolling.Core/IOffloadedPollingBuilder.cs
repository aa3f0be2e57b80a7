namespace Microsoft.Extensions.DependencyInjection;

/// <summary>What <c>AddOffloadedPolling</c> returns: <c>With…</c> chooses implementations, <c>Add…</c> adds kinds and handlers.</summary>
public interface IOffloadedPollingBuilder
{
    /// <summary>Gets the host's services.</summary>
    IServiceCollection Services { get; }
}

internal sealed record OffloadedPollingBuilder(IServiceCollection Services) : IOffloadedPollingBuilder;
