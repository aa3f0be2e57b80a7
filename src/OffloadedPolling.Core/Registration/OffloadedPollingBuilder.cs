namespace Microsoft.Extensions.DependencyInjection;

internal sealed class OffloadedPollingBuilder(IServiceCollection services) : IOffloadedPollingBuilder
{
    public IServiceCollection Services { get; } = services;
}
