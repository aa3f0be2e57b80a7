using Microsoft.Extensions.Logging;

namespace OffloadedPolling.AspNetCore;

/// <summary>Everything that this package logs. Event ids never change their meaning: 6xx requests.</summary>
internal static partial class Log
{
    [LoggerMessage(601, LogLevel.Error, "{Method} {Path} is answered with {StatusCode}.")]
    public static partial void RequestFailed(ILogger logger, string method, string path, int statusCode, Exception cause);
}
