namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Configures OffloadedPolling. <c>With…</c> methods choose implementations; <c>Add…</c> methods add kinds and handlers.</summary>
public interface IOffloadedPollingBuilder
{
    /// <summary>Gets the host's services.</summary>
    IServiceCollection Services { get; }
}

internal sealed record OffloadedPollingBuilder(IServiceCollection Services) : IOffloadedPollingBuilder;
