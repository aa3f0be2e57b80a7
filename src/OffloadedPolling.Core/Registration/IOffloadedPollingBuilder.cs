namespace Microsoft.Extensions.DependencyInjection;

/// <summary>What <c>AddOffloadedPolling</c> returns: <c>With…</c> chooses implementations, <c>Add…</c> adds kinds and handlers.</summary>
public interface IOffloadedPollingBuilder
{
    /// <summary>The host's services.</summary>
    IServiceCollection Services { get; }
}
