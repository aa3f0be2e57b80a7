using Microsoft.AspNetCore.Http;

namespace OffloadedPolling.AspNetCore;

/// <summary>Writes a problem as the response.</summary>
internal sealed class ProblemResult(OperationProblem problem) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext) => FailureProblem.WriteAsync(httpContext, problem);
}
