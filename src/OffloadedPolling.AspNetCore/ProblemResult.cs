using Microsoft.AspNetCore.Http;

namespace OffloadedPolling.AspNetCore;

/// <summary>An answer that is a problem.</summary>
internal sealed class ProblemResult(OperationProblem problem) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext) => FailureProblem.WriteAsync(httpContext, problem);
}
