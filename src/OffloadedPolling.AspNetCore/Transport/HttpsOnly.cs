using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace OffloadedPolling.AspNetCore;

/// <summary>
/// Status URLs and credentials are handed out over https alone: who reads the answer on its way can read the status. Not asked of callers
/// on this machine, nor in development, nor where <see cref="OffloadedPollingOptions.RequireHttps"/> is off.
/// </summary>
internal static class HttpsOnly
{
    private const string ProblemType = "urn:offloaded-polling:problem:https-required";

    // What proxies add, and what ASP.NET Core's middleware leaves of it. Of X-Forwarded-For, when it was heeded, the caller's address is
    // left.
    private static readonly string[] _forwarded =
        [
            "X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Forwarded-Prefix", "Forwarded", "X-Real-IP", "Via",
            "X-Original-Proto", "X-Original-Host", "X-Original-Prefix",
        ];

    /// <summary>Why this request's caller cannot be given a credential; <see langword="null"/> if it can.</summary>
    public static OperationProblem? Refusal(HttpContext context)
    {
        if (context.Request.IsHttps || IsLocal(context) || !IsDemanded(context.RequestServices))
        {
            return null;
        }

        Log.HttpsDemanded(LoggerOf(context), context.Request.Method, context.Request.Path);
        return new OperationProblem
        {
            Type = ProblemType,
            Status = StatusCodes.Status403Forbidden,
            Title = "HTTPS is required",
            Detail = "The answer would hold the address of a status, which is a credential and is not sent over plain http. Send the "
                + "request over https.",
        };
    }

    /// <summary>The refusal of an answer whose work is queued already: it names where the status URL is to be had.</summary>
    public static OperationProblem? Refusal(HttpContext context, AcceptedOperation accepted) => Refusal(context) is { } refusal
        ? refusal with
        {
            Detail = $"Operation {accepted.Id} was accepted. The address of its status is a credential and is not sent over plain http. "
                + "Ask for it over https at the operation's own address, followed by /url.",
            Instance = accepted.OperationUrl ?? OperationUrls.Of(context, accepted.Id),
        }
        : null;

    /// <summary>Demands https before the endpoint does anything.</summary>
    public static void Demand(EndpointBuilder endpoint) => endpoint.FilterFactories.Add((_, next) => call =>
        Refusal(call.HttpContext) is { } refusal ? ValueTask.FromResult<object?>(new ProblemResult(refusal)) : next(call));

    // Behind a proxy on this machine that does not tell the caller's address, or whose word nobody has heeded, the caller may be anywhere.
    // Without an address it came through a socket file.
    private static bool IsLocal(HttpContext context) =>
        (context.Connection.RemoteIpAddress is not { } address || IPAddress.IsLoopback(address))
        && !_forwarded.Any(context.Request.Headers.ContainsKey);

    private static bool IsDemanded(IServiceProvider services) =>
        services.GetRequiredService<IOptions<OffloadedPollingOptions>>().Value.RequireHttps
        && services.GetService<IHostEnvironment>()?.IsDevelopment() is not true;

    private static ILogger LoggerOf(HttpContext context) =>
        context.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(HttpsOnly).FullName!);
}
