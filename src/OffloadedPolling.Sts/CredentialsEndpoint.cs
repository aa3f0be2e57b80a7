using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using OffloadedPolling.AspNetCore;

namespace OffloadedPolling.Sts;

/// <summary>Maps <c>POST {pattern}/{id}/credentials</c>.</summary>
internal sealed class CredentialsEndpoint : IOperationEndpoints
{
    // The names of the subject claim in tokens and in ASP.NET Core. Names of people are not unique.
    private static readonly string[] _identifiers = [ClaimTypes.NameIdentifier, "sub"];

    private static readonly OperationProblem _nobody = Problem(
        StatusCodes.Status403Forbidden, "The caller has no identifier",
        "Credentials are issued only to identified users. The request is not authenticated, or its user has no name "
        + "identifier or subject.");

    private static readonly OperationProblem _refusedProof = Problem(
        StatusCodes.Status403Forbidden, "The token or assertion was rejected",
        "The token or assertion has expired, or it cannot be used to get credentials. Get a new one.");

    private static readonly OperationProblem _unavailable = Problem(
        StatusCodes.Status503ServiceUnavailable, "Operations are temporarily unavailable",
        "No credentials could be issued. Retry later.");

    public void Map(RouteGroupBuilder group) =>
        group.MapPost(
                "/{id}/credentials",
                (string id,
                    ClaimsPrincipal user,
                    [FromHeader(Name = StatusCredentials.RefusedHeader)] string? refused,
                    IStatusCredentialsIssuer issuer,
                    CancellationToken cancellationToken) => IssueAsync(issuer, id, user, refused, cancellationToken))
            .RequireAuthorization()
            .RequireHttps()
            .WithSummary("Issues temporary credentials for the status of an operation.")
            .DescribeResponses(ResponseDescriptions.Credentials);

    private static async Task<IResult> IssueAsync(
        IStatusCredentialsIssuer issuer, string id, ClaimsPrincipal user, string? refused, CancellationToken cancellationToken)
    {
        if (IdentifierOf(user) is not { } caller)
        {
            return new ProblemResult(_nobody);
        }

        try
        {
            return await issuer.IssueAsync(id, caller, refused, cancellationToken).ConfigureAwait(false) is { } credentials
                ? new Result(context => WriteAsync(context, credentials))
                : new ProblemResult(FailureProblem.UnknownOperation);
        }
        catch (TemporaryCredentialsException failure)
        {
            var problem = failure.IsCallersProof ? _refusedProof : _unavailable;
            return new Result(context => FailureProblem.WriteAsync(context, failure, problem));
        }
        catch (OffloadedPollingException failure) when (FailureProblem.IsKnown(failure))
        {
            return new Result(context => FailureProblem.WriteAsync(context, failure));
        }
    }

    // Unauthenticated identities do not count.
    private static string? IdentifierOf(ClaimsPrincipal user)
    {
        var authenticated = user.Identities.Where(identity => identity.IsAuthenticated).ToList();
        var found = from type in _identifiers from identity in authenticated select identity.FindFirst(type)?.Value;
        return found.FirstOrDefault(id => !string.IsNullOrEmpty(id));
    }

    private static OperationProblem Problem(int status, string title, string detail) =>
        new() { Status = status, Title = title, Detail = detail };

    private static Task WriteAsync(HttpContext context, StatusCredentials credentials)
    {
        OperationResponse.KeepPrivate(context.Response);
        return OperationResponse.WriteJsonAsync(context, StatusCodes.Status200OK, credentials, OperationJson.Credentials);
    }

    private sealed class Result(Func<HttpContext, Task> write) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext) => write(httpContext);
    }
}
