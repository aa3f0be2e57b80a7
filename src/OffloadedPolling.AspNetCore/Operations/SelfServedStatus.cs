using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace OffloadedPolling.AspNetCore;

/// <summary>Adds the services that a web host needs to serve status documents. <c>AddSignedStatusRoute</c> finds it by name.</summary>
internal sealed class SelfServedStatus : IWebPart
{
    public void AddTo(IServiceCollection services)
    {
        // For the path base of status URLs.
        services.AddHttpContextAccessor();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, MissingStatusRoute>());
    }
}
