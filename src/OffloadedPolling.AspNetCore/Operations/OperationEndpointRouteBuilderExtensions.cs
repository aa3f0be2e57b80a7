using System.Diagnostics.CodeAnalysis;
using System.Security.Claims;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using OffloadedPolling;
using OffloadedPolling.AspNetCore;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Maps the operation endpoints.</summary>
public static class OperationEndpointRouteBuilderExtensions
{
    /// <summary>Maps the stable addresses of operations, where callers come for a fresh status URL when theirs has expired.</summary>
    /// <param name="endpoints">The host's endpoints.</param>
    /// <param name="pattern">Where: <c>/operations</c>.</param>
    /// <returns>
    /// The group, so that the host can demand authorization: whoever reads <c>{pattern}/{id}/url</c> gets a credential to that status,
    /// and whoever may post may cancel.
    /// </returns>
    /// <remarks>
    /// <c>GET {pattern}/{id}/url</c> answers 200 with an <c>AcceptedOperation</c>, for programs and pages; <c>GET {pattern}/{id}</c> answers
    /// 303 to a fresh status URL, for people and curl; both are refused over plain http (<see cref="OffloadedPollingOptions.RequireHttps"/>).
    /// <c>POST {pattern}/{id}/cancel</c> answers 202 with the status document when the operation is asked to cancel, however often, and 409
    /// when it has succeeded or failed. All answer 404 for an unknown id. To be mapped once.
    /// <para>
    /// Where credentials are issued (<c>WithSts()</c>), <c>POST {pattern}/{id}/credentials</c> answers 200 with
    /// <see cref="StatusCredentials"/> that read this one document. It demands an authorized caller whatever the group demands, and takes the
    /// user's name identifier, or else the claim <c>sub</c>, for who that is; a user with neither gets 403.
    /// </para>
    /// <para>
    /// Where the host itself serves the documents (an <see cref="ISignedStatusRoute"/> is registered, as <c>WithSqlite()</c> does),
    /// <c>GET {pattern}/{id}/status</c> is what status URLs point to. It is no part of the group: the URL's signature alone opens it, to
    /// anonymous callers of any origin, as on S3.
    /// </para>
    /// </remarks>
    public static RouteGroupBuilder MapOperations(this IEndpointRouteBuilder endpoints, [StringSyntax("Route")] string pattern)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentException.ThrowIfNullOrEmpty(pattern);
        ResponseSchemas.AddTo(endpoints.ServiceProvider);
        var group = endpoints.MapGroup(pattern).WithMetadata(OperationResponse.NeverCached);
        group.MapGet("/{id}/url", (string id, IOffloadedOperations operations, CancellationToken cancel) =>
                RenewedUrlResult.RenewAsync(operations, id, redirect: false, cancel))
            .DemandHttps()
            .WithSummary("Gets a new status URL of an operation.")
            .Answers(AnswerDescriptions.Url);
        group.MapGet("/{id}", (string id, IOffloadedOperations operations, CancellationToken cancel) =>
                RenewedUrlResult.RenewAsync(operations, id, redirect: true, cancel))
            .DemandHttps()
            .WithName(OperationUrls.EndpointName)
            .WithSummary("Redirects to the status of an operation.")
            .Answers(AnswerDescriptions.Redirect);
        group.MapPost("/{id}/cancel", (string id, IOffloadedOperations operations, CancellationToken cancel) =>
                CancelResult.CancelAsync(operations, id, cancel))
            .WithSummary("Cancels an operation.")
            .Answers(AnswerDescriptions.Cancel);
        var registered = endpoints.ServiceProvider.GetRequiredService<IServiceProviderIsService>();
        if (registered.IsService(typeof(ITemporaryCredentialsIssuer)) && registered.IsService(typeof(IStatusCredentialsIssuer)))
        {
            MapCredentials(group);
        }

        if (endpoints.ServiceProvider.GetService<ISignedStatusRoute>() is { } route)
        {
            SignedStatusEndpoint.Map(endpoints.MapGroup(pattern).WithMetadata(OperationResponse.NeverCached), route);
        }

        return group;
    }

    private static void MapCredentials(RouteGroupBuilder group) =>
        group.MapPost(
                "/{id}/credentials",
                (string id,
                    ClaimsPrincipal user,
                    [FromHeader(Name = StatusCredentials.RefusedHeader)] string? refused,
                    IStatusCredentialsIssuer issuer,
                    CancellationToken cancel) => CredentialsResult.IssueAsync(issuer, id, user, refused, cancel))
            .RequireAuthorization()
            .DemandHttps()
            .WithSummary("Issues temporary credentials for the status of an operation.")
            .Answers(AnswerDescriptions.Credentials);
}
