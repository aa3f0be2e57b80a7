using Microsoft.Extensions.DependencyInjection;

namespace OffloadedPolling.Urls;

/// <summary>What the package for ASP.NET Core adds to a host that serves status documents itself.</summary>
internal interface IWebPart
{
    void AddTo(IServiceCollection services);
}
