using Microsoft.Extensions.Logging;

namespace OffloadedPolling.AspNetCore;

/// <summary>The log events of this package: 6xx for requests. Event IDs never change their meaning.</summary>
internal static partial class Log
{
    [LoggerMessage(601, LogLevel.Error, "{Method} {Path} failed with status code {StatusCode}.")]
    public static partial void RequestFailed(ILogger logger, string method, string path, int statusCode, Exception cause);

    [LoggerMessage(602, LogLevel.Warning, "{Method} {Path} was sent over plain HTTP and was refused, because the response would contain a "
        + "credential. If a proxy terminates TLS, let this host read the forwarded headers: set "
        + "ASPNETCORE_FORWARDEDHEADERS_ENABLED=true, or call UseForwardedHeaders. To allow credentials over plain HTTP, set "
        + "OffloadedPolling:RequireHttps to false.")]
    public static partial void HttpsRequired(ILogger logger, string method, string path);
}
