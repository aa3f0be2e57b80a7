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
    public void Map(RouteGroupBuilder group) =>
        group.MapPost(
                "/{id}/credentials",
                (string id,
                    ClaimsPrincipal user,
                    [FromHeader(Name = StatusCredentials.RefusedHeader)] string? refused,
                    IStatusCredentialsIssuer issuer,
                    CancellationToken cancellationToken) => CredentialsResult.IssueAsync(issuer, id, user, refused, cancellationToken))
            .RequireAuthorization()
            .DemandHttps()
            .WithSummary("Issues temporary credentials for the status of an operation.")
            .Answers(AnswerDescriptions.Credentials);
}
