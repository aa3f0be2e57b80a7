using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace OffloadedPolling.AspNetCore;

/// <summary>Adds what a web host needs to serve status documents. <c>AddSignedStatusRoute</c> looks this type up by name.</summary>
internal sealed class SelfServedStatus : IWebPart
{
    public void AddTo(IServiceCollection services)
    {
        // For the path base that status URLs begin with.
        services.AddHttpContextAccessor();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, MissingStatusRoute>());
    }
}
