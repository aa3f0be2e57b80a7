using System.Security.Claims;
using Microsoft.AspNetCore.Http;
using OffloadedPolling.AspNetCore;

namespace OffloadedPolling.Sts;

/// <summary>Temporary credentials for one operation's document; or why there are none.</summary>
internal sealed class CredentialsResult : IResult
{
    private static readonly OperationProblem _nobody = new()
    {
        Status = StatusCodes.Status403Forbidden,
        Title = "The caller has no identifier",
        Detail = "Credentials are issued to a user of the host. The request came without one, or with one that has no name identifier "
            + "and no subject.",
    };

    private static readonly OperationProblem _refusedProof = new()
    {
        Status = StatusCodes.Status403Forbidden,
        Title = "The proof is refused",
        Detail = "The token or assertion has expired, or is not one to get credentials with. Get a new one.",
    };

    private static readonly OperationProblem _unavailable = new()
    {
        Status = StatusCodes.Status503ServiceUnavailable,
        Title = "Operations cannot be served at the moment",
        Detail = "No credentials could be issued. Try again later.",
    };

    private readonly StatusCredentials? _credentials;

    private readonly OffloadedPollingException? _failure;

    private CredentialsResult(StatusCredentials? credentials, OffloadedPollingException? failure) =>
        (_credentials, _failure) = (credentials, failure);

    public static async Task<IResult> IssueAsync(
        IStatusCredentialsIssuer issuer, string id, ClaimsPrincipal user, string? refused, CancellationToken cancellationToken)
    {
        if (CallerOf(user) is not { } caller)
        {
            return new ProblemResult(_nobody);
        }

        try
        {
            return new CredentialsResult(await issuer.IssueAsync(id, caller, refused, cancellationToken).ConfigureAwait(false), null);
        }
        catch (OffloadedPollingException failure) when (failure is TemporaryCredentialsException || FailureProblem.IsKnown(failure))
        {
            return new CredentialsResult(null, failure);
        }
    }

    public Task ExecuteAsync(HttpContext httpContext) => (_credentials, _failure) switch
    {
        (_, TemporaryCredentialsException refused) =>
            FailureProblem.WriteAsync(httpContext, refused, refused.IsCallersProof ? _refusedProof : _unavailable),
        (_, { } failure) => FailureProblem.WriteAsync(httpContext, failure),
        ({ } credentials, _) => WriteCredentialsAsync(httpContext, credentials),
        _ => FailureProblem.WriteAsync(httpContext, FailureProblem.UnknownOperation),
    };

    // What a token calls its subject, under the claim's name or ASP.NET Core's. A name is no identifier: two people may have the same.
    private static readonly string[] _identifiers = [ClaimTypes.NameIdentifier, "sub"];

    // What nobody has authenticated identifies nobody.
    private static string? CallerOf(ClaimsPrincipal user)
    {
        var authenticated = user.Identities.Where(identity => identity.IsAuthenticated).ToList();
        return _identifiers.SelectMany(type => authenticated.Select(identity => identity.FindFirst(type)?.Value)).FirstOrDefault(id =>
            !string.IsNullOrEmpty(id));
    }

    private static Task WriteCredentialsAsync(HttpContext context, StatusCredentials credentials)
    {
        OperationResponse.KeepPrivate(context.Response);
        return OperationResponse.WriteJsonAsync(context, StatusCodes.Status200OK, credentials, OperationJson.Credentials);
    }
}
