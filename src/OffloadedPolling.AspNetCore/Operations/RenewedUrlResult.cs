using Microsoft.AspNetCore.Http;

namespace OffloadedPolling.AspNetCore;

/// <summary>The result of a request for a new status URL: a body, a redirect or a problem.</summary>
internal sealed class RenewedUrlResult : IResult
{
    private readonly bool _redirect;

    private readonly AcceptedOperation? _renewed;

    private readonly OffloadedPollingException? _failure;

    private RenewedUrlResult(bool redirect, AcceptedOperation? renewed, OffloadedPollingException? failure) =>
        (_redirect, _renewed, _failure) = (redirect, renewed, failure);

    public static async Task<RenewedUrlResult> RenewAsync(
        IOffloadedOperations operations, string id, bool redirect, CancellationToken cancellationToken)
    {
        try
        {
            return new RenewedUrlResult(redirect, await operations.RenewUrlAsync(id, cancellationToken).ConfigureAwait(false), null);
        }
        catch (OffloadedPollingException failure) when (FailureProblem.IsKnown(failure))
        {
            return new RenewedUrlResult(redirect, null, failure);
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
        OperationResponse.KeepPrivate(context.Response);
        if (!_redirect)
        {
            var body = renewed with { OperationUrl = OperationUrls.Of(context, renewed.Id) };
            return OperationResponse.WriteJsonAsync(context, StatusCodes.Status200OK, body, OperationJson.Accepted);
        }

        context.Response.StatusCode = StatusCodes.Status303SeeOther;
        context.Response.Headers.Location = renewed.StatusUrl;
        return Task.CompletedTask;
    }
}
