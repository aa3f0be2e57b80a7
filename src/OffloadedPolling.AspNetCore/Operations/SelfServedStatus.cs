using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace OffloadedPolling.AspNetCore;

/// <summary>
/// What a web host needs that serves status documents itself. Providers that do not depend on ASP.NET Core call it by its name, so do not
/// rename it.
/// </summary>
internal static class SelfServedStatus
{
    public static void AddTo(IServiceCollection services)
    {
        // For the path base that status URLs begin with.
        services.AddHttpContextAccessor();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, MissingStatusRoute>());
    }
}
