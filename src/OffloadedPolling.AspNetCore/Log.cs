using Microsoft.Extensions.Logging;

namespace OffloadedPolling.AspNetCore;

/// <summary>Everything that this package logs. Event ids never change their meaning: 6xx requests.</summary>
internal static partial class Log
{
    [LoggerMessage(601, LogLevel.Error, "{Method} {Path} is answered with {StatusCode}.")]
    public static partial void RequestFailed(ILogger logger, string method, string path, int statusCode, Exception cause);

    [LoggerMessage(602, LogLevel.Warning, "{Method} {Path} came over plain http and is refused: its answer would hold a credential. If "
        + "a proxy ends TLS before this host, have the host heed what it forwards (ASPNETCORE_FORWARDEDHEADERS_ENABLED=true, or "
        + "UseForwardedHeaders). Setting RequireHttps to false gives credentials out all the same.")]
    public static partial void HttpsDemanded(ILogger logger, string method, string path);
}
