using System.Security.Claims;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.AspNetCore.Mvc;
using OffloadedPolling;
using OffloadedPolling.AspNetCore;

namespace Orders;

/// <summary>Adds the API's services and maps its endpoints.</summary>
internal static class OrdersApi
{
    public static void AddOrdersApi(this IServiceCollection services, IConfiguration configuration)
    {
        services.ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, OrdersJson.Default));
        services.AddProblemDetails();
        services.AddValidation();
        services.AddOpenApi();
        services.AddOffloadedPollingOpenApi();
        services.AddCors();
        if (OrdersOptions.RequiresTokens(configuration))
        {
            services.AddAuthentication().AddJwtBearer();
            // Idempotency keys are scoped by the user's name, so one is required.
            services.AddAuthorizationBuilder()
                .SetDefaultPolicy(
                    new AuthorizationPolicyBuilder().RequireAuthenticatedUser().RequireClaim(ClaimTypes.NameIdentifier).Build());
        }
    }

    /// <summary>Maps the endpoints and the page.</summary>
    /// <param name="app">The application.</param>
    /// <param name="settings">The sample's settings.</param>
    /// <param name="hostStandsInForS3">Whether status URLs lead to this host, as with SQLite.</param>
    public static void MapOrdersApi(this WebApplication app, OrdersOptions settings, bool hostStandsInForS3)
    {
        var polls = new PollCounter(hostStandsInForS3);
        app.Use(polls.CountAsync);
        app.UseCors();
        app.UseDefaultFiles();
        app.UseStaticFiles();
        app.MapOpenApi();

        // Not for the whole host, because the library's status route answers preflight requests itself, as S3 does.
        var operationUrls = app.MapOperations("/operations").RequireCors(AllowPages);
        var orders = app.MapGroup("/order").RequireCors(AllowPages);
        if (OrdersOptions.RequiresTokens(app.Configuration))
        {
            // Only authenticated callers can renew a status URL. The status URLs themselves need no authentication, as on S3.
            operationUrls.RequireAuthorization();
            orders.RequireAuthorization();
        }

        orders.MapPost("", (
            CreateOrder order,
            [FromHeader(Name = "Idempotency-Key")] string? idempotencyKey,
            HttpRequest request,
            ClaimsPrincipal user,
            IOffloadedOperations operations,
            CancellationToken cancellationToken) =>
            OperationResults.AcceptAsync(operations, order, NewOptions(request, user, idempotencyKey), cancellationToken))
            .WithSummary("Places an order.");
        orders.MapGet("/{id}", async Task<IResult> (string id, IOrderStore store, CancellationToken cancellationToken) =>
            await store.FindAsync(id, cancellationToken) is { } order ? TypedResults.Ok(order) : TypedResults.NotFound())
            .WithSummary("Gets an order after it is created.")
            .Produces<Order>()
            .ProducesProblem(StatusCodes.Status404NotFound);
        app.MapGet("/polls", () => TypedResults.Ok(polls.Count))
            .RequireCors(AllowPages)
            .WithSummary("Gets the number of polls that this process has received, for the page.");

        void AllowPages(CorsPolicyBuilder cors) => cors.WithOrigins(settings.AllowedOrigins)
            .WithMethods("GET", "POST")
            .WithHeaders("Authorization", "Content-Type", "Idempotency-Key")
            .WithExposedHeaders("Retry-After");
    }

    private static AcceptOptions NewOptions(HttpRequest request, ClaimsPrincipal user, string? idempotencyKey) => new()
    {
        // With the path base that the caller used, like the operation URL.
        ResourceLocation = id => $"{request.PathBase}/order/{id}",
        IdempotencyKey = idempotencyKey,
        IdempotencyScope = user.FindFirstValue(ClaimTypes.NameIdentifier) is { } id ? $"user {id}" : "anonymous",
    };
}
