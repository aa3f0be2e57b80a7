using Microsoft.AspNetCore.Http;

namespace OffloadedPolling.AspNetCore;

/// <summary>A fresh status URL, in a body or as a redirect; or why there is none.</summary>
internal sealed class RenewedUrlResult : IResult
{
    private readonly string _id;

    private readonly bool _redirect;

    private readonly AcceptedOperation? _renewed;

    private readonly OffloadedPollingException? _failure;

    private RenewedUrlResult(string id, bool redirect, AcceptedOperation? renewed, OffloadedPollingException? failure) =>
        (_id, _redirect, _renewed, _failure) = (id, redirect, renewed, failure);

    public static async Task<RenewedUrlResult> RenewAsync(IOffloadedOperations operations, string id, bool redirect, CancellationToken cancel)
    {
        try
        {
            return new RenewedUrlResult(id, redirect, await operations.RenewUrlAsync(id, cancel).ConfigureAwait(false), null);
        }
        catch (OffloadedPollingException failure) when (FailureProblem.IsKnown(failure))
        {
            return new RenewedUrlResult(id, redirect, null, failure);
        }
    }

    public Task ExecuteAsync(HttpContext httpContext) => (_renewed, _failure) switch
    {
        (_, { } failure) => FailureProblem.WriteAsync(httpContext, failure),
        ({ } renewed, _) => WriteUrlAsync(httpContext, renewed),
        _ => FailureProblem.WriteAsync(httpContext, FailureProblem.UnknownOperation),
    };

    private Task WriteUrlAsync(HttpContext context, AcceptedOperation renewed)
    {
        if (!_redirect)
        {
            OperationResponse.KeepPrivate(context.Response);
            var body = renewed with { OperationUrl = OperationUrls.Of(context, _id) };
            return OperationResponse.WriteJsonAsync(context, StatusCodes.Status200OK, body, OperationJson.Accepted);
        }

        OperationResponse.KeepPrivate(context.Response);
        context.Response.StatusCode = StatusCodes.Status303SeeOther;
        context.Response.Headers.Location = renewed.StatusUrl;
        return Task.CompletedTask;
    }
}
