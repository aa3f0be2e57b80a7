using System.Globalization;
using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;

namespace OffloadedPolling.AspNetCore;

/// <summary>Represents the response of an endpoint that accepts operations: 202, or a problem.</summary>
public sealed class AcceptOperationResult : IResult, IStatusCodeHttpResult, IEndpointMetadataProvider
{
    private readonly OffloadedPollingException? _refusal;

    internal AcceptOperationResult(AcceptedOperation accepted) => Accepted = accepted;

    internal AcceptOperationResult(OffloadedPollingException refusal) => _refusal = refusal;

    /// <summary>Gets the operation; <see langword="null"/> if it was not accepted.</summary>
    public AcceptedOperation? Accepted { get; }

    /// <summary>Gets the HTTP status code: 202, 400, 413, 422, 500, 502 or 503. Requests over plain HTTP get 403 instead.</summary>
    public int StatusCode => _refusal is null ? StatusCodes.Status202Accepted : FailureProblem.StatusOf(_refusal);

    int? IStatusCodeHttpResult.StatusCode => StatusCode;

    /// <inheritdoc/>
    public Task ExecuteAsync(HttpContext httpContext)
    {
        ArgumentNullException.ThrowIfNull(httpContext);
        return this switch
        {
            { _refusal: { } refusal } => FailureProblem.WriteAsync(httpContext, refusal),
            _ when HttpsOnly.Refusal(httpContext, Accepted!) is { } unsafely => FailureProblem.WriteAsync(httpContext, unsafely),
            _ => WriteAcceptedAsync(httpContext, Accepted!),
        };
    }

    /// <inheritdoc/>
    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ResponseSchemas.AddTo(builder.ApplicationServices);

        // A filter checks the request before the work is queued, which is too late when the response is written.
        HttpsOnly.Require(builder);
        builder.Metadata.Add(AcceptsOperations.Instance);
        builder.Metadata.Add(OperationResponse.NeverCached);
        foreach (var response in ResponseDescriptions.Accepted)
        {
            builder.Metadata.Add(response);
        }
    }

    private static Task WriteAcceptedAsync(HttpContext context, AcceptedOperation accepted)
    {
        var response = context.Response;
        OperationResponse.KeepPrivate(response);
        response.Headers.Location = accepted.StatusUrl;
        response.Headers["Operation-Location"] = accepted.StatusUrl;

        // Whole seconds, and never 0, because 0 would make callers poll immediately.
        var retryAfter = Math.Max(1, (long)Math.Ceiling(accepted.RetryAfter.TotalSeconds));
        response.Headers.RetryAfter = retryAfter.ToString(CultureInfo.InvariantCulture);
        return OperationResponse.WriteJsonAsync(
            context,
            StatusCodes.Status202Accepted,
            accepted with { OperationUrl = accepted.OperationUrl ?? OperationUrls.Of(context, accepted.Id) },
            OperationJson.Accepted);
    }
}
