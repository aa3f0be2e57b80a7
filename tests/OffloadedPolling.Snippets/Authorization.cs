using System.Net.Http.Headers;
using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using OffloadedPolling;
using OffloadedPolling.AspNetCore;
using OffloadedPolling.Client;

namespace Snippets;

internal static class Authorization
{
    internal interface IReportOwners
    {
        Task SaveAsync(string id, string owner, CancellationToken cancellationToken);

        Task<string?> FindAsync(string id, CancellationToken cancellationToken);
    }

    internal interface ITokens
    {
        Task<string> GetAsync(CancellationToken cancellationToken);
    }

    public static void RequireAuthentication(WebApplication app)
    {
        app.MapOperations("/operations").RequireAuthorization();
    }

    public static void AllowOnlyTheOwner(WebApplication app)
    {
        app.MapPost("/report", async (
            CreateReport report, ClaimsPrincipal user, IOffloadedOperations operations, IReportOwners owners,
            CancellationToken cancellationToken) =>
        {
            var result = await OperationResults.AcceptAsync(operations, report, cancellationToken);
            if (result.Accepted is { } accepted)
            {
                await owners.SaveAsync(accepted.Id, user.FindFirstValue(ClaimTypes.NameIdentifier)!, cancellationToken);
            }

            return result;
        }).RequireAuthorization();

        app.MapOperations("/operations")
            .RequireAuthorization()
            .AddEndpointFilter(async (context, next) =>
            {
                var http = context.HttpContext;
                var owners = http.RequestServices.GetRequiredService<IReportOwners>();
                var owner = await owners.FindAsync((string)http.GetRouteValue("id")!, http.RequestAborted);
                return owner is not null && owner == http.User.FindFirstValue(ClaimTypes.NameIdentifier)
                    ? await next(context)
                    : TypedResults.Problem(statusCode: StatusCodes.Status404NotFound);
            });
    }

    public static async Task RenewAsync(AcceptedOperation accepted, ITokens tokens)
    {
        using var poller = new OperationPoller(new OperationPollerOptions
        {
            HostAddress = new Uri("https://reports.example.com"),
            AuthorizeRenewal = async (request, cancellationToken) =>
                request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await tokens.GetAsync(cancellationToken)),
        });
        await poller.WaitForCompletionAsync(accepted);
    }
}
