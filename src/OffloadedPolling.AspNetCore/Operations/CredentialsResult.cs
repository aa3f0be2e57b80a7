using System.Security.Claims;
using Microsoft.AspNetCore.Http;

namespace OffloadedPolling.AspNetCore;

/// <summary>Temporary credentials for one operation's document; or why there are none.</summary>
internal sealed class CredentialsResult : IResult
{
    private static readonly OperationProblem _nobody = new()
    {
        Status = StatusCodes.Status403Forbidden,
        Title = "The caller has no name",
        Detail = "Credentials are issued to a user of the host. The request came without one, or with one that has neither a name identifier nor a name.",
    };

    private readonly StatusCredentials? _credentials;

    private readonly OffloadedPollingException? _failure;

    private CredentialsResult(StatusCredentials? credentials, OffloadedPollingException? failure) => (_credentials, _failure) = (credentials, failure);

    public static async Task<IResult> IssueAsync(IStatusCredentialsIssuer issuer, string id, ClaimsPrincipal user, CancellationToken cancel)
    {
        if (CallerOf(user) is not { } caller)
        {
            return new ProblemResult(_nobody);
        }

        try
        {
            return new CredentialsResult(await issuer.IssueAsync(id, caller, cancel).ConfigureAwait(false), null);
        }
        catch (OffloadedPollingException failure) when (FailureProblem.IsKnown(failure))
        {
            return new CredentialsResult(null, failure);
        }
    }

    public Task ExecuteAsync(HttpContext httpContext) => (_credentials, _failure) switch
    {
        (_, { } failure) => FailureProblem.WriteAsync(httpContext, failure),
        ({ } credentials, _) => WriteCredentialsAsync(httpContext, credentials),
        _ => FailureProblem.WriteAsync(httpContext, FailureProblem.UnknownOperation),
    };

    // What nobody has authenticated names nobody.
    private static string? CallerOf(ClaimsPrincipal user)
    {
        var authenticated = user.Identities.Where(identity => identity.IsAuthenticated).ToList();
        return authenticated.Select(identity => identity.FindFirst(ClaimTypes.NameIdentifier)?.Value).FirstOrDefault(IsSet)
            ?? authenticated.Select(identity => identity.Name).FirstOrDefault(IsSet);
    }

    private static bool IsSet(string? text) => !string.IsNullOrEmpty(text);

    private static Task WriteCredentialsAsync(HttpContext context, StatusCredentials credentials)
    {
        OperationResponse.KeepPrivate(context.Response);
        return OperationResponse.WriteJsonAsync(context, StatusCodes.Status200OK, credentials, CredentialsJson.Status);
    }
}
