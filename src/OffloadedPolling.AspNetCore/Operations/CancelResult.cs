using Microsoft.AspNetCore.Http;

namespace OffloadedPolling.AspNetCore;

/// <summary>The result of a request to cancel an operation.</summary>
internal sealed class CancelResult : IResult
{
    private readonly OperationStatus? _status;

    private readonly OffloadedPollingException? _failure;

    private CancelResult(OperationStatus? status, OffloadedPollingException? failure) => (_status, _failure) = (status, failure);

    public static async Task<CancelResult> CancelAsync(IOffloadedOperations operations, string id, CancellationToken cancellationToken)
    {
        try
        {
            return new CancelResult(await operations.CancelAsync(id, cancellationToken).ConfigureAwait(false), null);
        }
        catch (OffloadedPollingException failure) when (FailureProblem.IsKnown(failure))
        {
            return new CancelResult(null, failure);
        }
    }

    public Task ExecuteAsync(HttpContext httpContext) => (_status, _failure) switch
    {
        (_, { } failure) => FailureProblem.WriteAsync(httpContext, failure),
        (null, _) => FailureProblem.WriteAsync(httpContext, FailureProblem.UnknownOperation),
        ({ State: OperationState.Succeeded or OperationState.Failed } ended, _) =>
            FailureProblem.WriteAsync(httpContext, new OperationProblem
            {
                Status = StatusCodes.Status409Conflict,
                Title = "The operation has ended",
                Detail = $"It ended as {ended.State} and can no longer be canceled.",
            }),
        // Also if the operation is already canceled, so that a caller can retry after a lost response.
        ({ } asked, _) => WriteAskedForAsync(httpContext, asked),
    };

    private static Task WriteAskedForAsync(HttpContext context, OperationStatus asked)
    {
        OperationResponse.KeepPrivate(context.Response);
        return OperationResponse.WriteJsonAsync(context, StatusCodes.Status202Accepted, asked, OperationJson.Status);
    }
}
