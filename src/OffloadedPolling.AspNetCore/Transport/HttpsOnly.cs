using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace OffloadedPolling.AspNetCore;

/// <summary>
/// Issues status URLs and credentials only over HTTPS, because anyone who reads the response could read the status. Loopback callers, the
/// Development environment and hosts with <see cref="OffloadedPollingOptions.RequireHttps"/> set to false are exempt.
/// </summary>
internal static class HttpsOnly
{
    private const string ProblemType = "urn:offloaded-polling:problem:https-required";

    // The headers that proxies add, and those that ASP.NET Core's middleware replaces them with. After the middleware has processed
    // X-Forwarded-For, the connection has the caller's address.
    private static readonly string[] _forwarded =
        [
            "X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Forwarded-Prefix", "Forwarded", "X-Real-IP", "Via",
            "X-Original-Proto", "X-Original-Host", "X-Original-Prefix",
        ];

    /// <summary>Returns the problem for a caller that may not receive a credential; <see langword="null"/> if it may.</summary>
    public static OperationProblem? Refusal(HttpContext context)
    {
        if (context.Request.IsHttps || IsLocal(context) || !IsRequired(context.RequestServices))
        {
            return null;
        }

        Log.HttpsRequired(LoggerOf(context), context.Request.Method, context.Request.Path);
        return new OperationProblem
        {
            Type = ProblemType,
            Status = StatusCodes.Status403Forbidden,
            Title = "HTTPS is required",
            Detail = "The response would contain a credential, which is not sent over plain HTTP. Send the request over HTTPS.",
        };
    }

    /// <summary>Returns the problem for an operation that is already queued, with the URL that issues its status URL.</summary>
    public static OperationProblem? Refusal(HttpContext context, AcceptedOperation accepted)
    {
        if (Refusal(context) is not { } refusal)
        {
            return null;
        }

        var operationUrl = accepted.OperationUrl ?? OperationUrls.Of(context, accepted.Id);
        var solution = operationUrl is null ? "" : " To get the status URL, send GET over HTTPS to the operation URL with /url appended.";
        return refusal with
        {
            Detail = $"Operation {accepted.Id} was accepted, but its status URL is a credential, which is not sent over plain HTTP."
                + solution,
            Instance = operationUrl,
        };
    }

    /// <summary>Requires HTTPS before the endpoint runs.</summary>
    public static void Require(EndpointBuilder endpoint) => endpoint.FilterFactories.Add(RequireBefore);

    private static EndpointFilterDelegate RequireBefore(EndpointFilterFactoryContext context, EndpointFilterDelegate next) => call =>
        Refusal(call.HttpContext) is { } refusal ? ValueTask.FromResult<object?>(new ProblemResult(refusal)) : next(call);

    // A proxy on this machine may forward remote callers. If its headers are still present, they were not processed, and the caller's
    // address is unknown. A connection without an address came through a Unix socket.
    private static bool IsLocal(HttpContext context) =>
        (context.Connection.RemoteIpAddress is not { } address || IPAddress.IsLoopback(address))
        && !_forwarded.Any(context.Request.Headers.ContainsKey);

    private static bool IsRequired(IServiceProvider services) =>
        services.GetRequiredService<IOptions<OffloadedPollingOptions>>().Value.RequireHttps
        && services.GetService<IHostEnvironment>()?.IsDevelopment() is not true;

    private static ILogger LoggerOf(HttpContext context) =>
        context.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(HttpsOnly).FullName!);
}
