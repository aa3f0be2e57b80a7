using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using OffloadedPolling;
using OffloadedPolling.AspNetCore;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Provides extension methods to map the operation endpoints.</summary>
public static class OperationEndpointRouteBuilderExtensions
{
    /// <summary>Maps the operation URLs, which issue new status URLs and cancel operations.</summary>
    /// <param name="endpoints">The host's endpoint route builder.</param>
    /// <param name="pattern">The route prefix, such as <c>/operations</c>.</param>
    /// <returns>
    /// The route group. Require authorization on it, because its endpoints give access to any status and can cancel any operation.
    /// </returns>
    /// <remarks>
    /// <para>Call this method once. The endpoints are:</para>
    /// <list type="bullet">
    /// <item><c>GET {pattern}/{id}/url</c> returns 200 with an <c>AcceptedOperation</c>, for programs and pages.</item>
    /// <item><c>GET {pattern}/{id}</c> returns 303 with a new status URL, for people and curl.</item>
    /// <item>
    /// <c>POST {pattern}/{id}/cancel</c> returns 202 with the status document if the operation is canceled or its cancellation is
    /// requested, even repeatedly. It returns 409 if the operation has succeeded or failed.
    /// </item>
    /// </list>
    /// <para>
    /// All return 404 for an unknown ID. The GET endpoints require HTTPS (see <see cref="OffloadedPollingOptions.RequireHttps"/>).
    /// </para>
    /// <para>
    /// With <c>WithSts()</c> of the package <c>OffloadedPolling.Sts</c>, <c>POST {pattern}/{id}/credentials</c> returns 200 with
    /// <see cref="StatusCredentials"/> that can read only this document. It requires an authorized caller even if the group does not. The
    /// caller is the user's name identifier, or otherwise the claim <c>sub</c>. A user with neither gets 403.
    /// </para>
    /// <para>
    /// If the host serves the documents itself, as with <c>WithSqlite()</c>, an <see cref="ISignedStatusRoute"/> is registered, and status
    /// URLs lead to <c>GET {pattern}/{id}/status</c>. This endpoint is not part of the group. As on S3, it allows anonymous callers of any
    /// origin and requires only the URL's signature.
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
            .RequireHttps()
            .WithSummary("Gets a new status URL of an operation.")
            .DescribeResponses(ResponseDescriptions.Url);
        group.MapGet("/{id}", (string id, IOffloadedOperations operations, CancellationToken cancellationToken) =>
                RenewedUrlResult.RenewAsync(operations, id, redirect: true, cancellationToken))
            .RequireHttps()
            .WithName(OperationUrls.EndpointName)
            .WithSummary("Redirects to the status of an operation.")
            .DescribeResponses(ResponseDescriptions.Redirect);
        group.MapPost("/{id}/cancel", (string id, IOffloadedOperations operations, CancellationToken cancellationToken) =>
                CancelResult.CancelAsync(operations, id, cancellationToken))
            .WithSummary("Cancels an operation.")
            .DescribeResponses(ResponseDescriptions.Cancel);
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
