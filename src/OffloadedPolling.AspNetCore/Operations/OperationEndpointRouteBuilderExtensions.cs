using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Http;
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
    /// <c>GET {pattern}/{id}/url</c> answers 200 with an <c>AcceptedOperation</c>, for programs and pages; <c>GET {pattern}/{id}</c>
    /// answers 303 to a fresh status URL, for people and curl; both are refused over plain http
    /// (<see cref="OffloadedPollingOptions.RequireHttps"/>). <c>POST {pattern}/{id}/cancel</c> answers 202 with the status document when
    /// the operation is asked to cancel, however often, and 409 when it has succeeded or failed. All answer 404 for an unknown id. To be
    /// mapped once.
    /// <para>
    /// With <c>WithSts()</c>, of the package <c>OffloadedPolling.Sts</c>, <c>POST {pattern}/{id}/credentials</c> returns 200 with
    /// <see cref="StatusCredentials"/> that can read this one document. It requires an authorized caller even if the group does not. The
    /// caller is the user's name identifier, or otherwise the claim <c>sub</c>; a user with neither gets 403.
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
        group.MapGet("/{id}/url", (string id, IOffloadedOperations operations, CancellationToken cancellationToken) =>
                RenewedUrlResult.RenewAsync(operations, id, redirect: false, cancellationToken))
            .DemandHttps()
            .WithSummary("Gets a new status URL of an operation.")
            .Answers(AnswerDescriptions.Url);
        group.MapGet("/{id}", (string id, IOffloadedOperations operations, CancellationToken cancellationToken) =>
                RenewedUrlResult.RenewAsync(operations, id, redirect: true, cancellationToken))
            .DemandHttps()
            .WithName(OperationUrls.EndpointName)
            .WithSummary("Redirects to the status of an operation.")
            .Answers(AnswerDescriptions.Redirect);
        group.MapPost("/{id}/cancel", (string id, IOffloadedOperations operations, CancellationToken cancellationToken) =>
                CancelResult.CancelAsync(operations, id, cancellationToken))
            .WithSummary("Cancels an operation.")
            .Answers(AnswerDescriptions.Cancel);
        foreach (var more in endpoints.ServiceProvider.GetServices<IOperationEndpoints>())
        {
            more.Map(group);
        }

        if (endpoints.ServiceProvider.GetService<ISignedStatusRoute>() is { } route)
        {
            SignedStatusEndpoint.Map(endpoints.MapGroup(pattern).WithMetadata(OperationResponse.NeverCached), route);
        }

        return group;
    }
}
