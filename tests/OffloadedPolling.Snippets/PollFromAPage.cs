using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.Extensions.DependencyInjection;
using OffloadedPolling;
using OffloadedPolling.AspNetCore;

namespace Snippets;

internal static class PollFromAPage
{
    public static void AllowThePage(WebApplicationBuilder builder)
    {
        builder.Services.AddCors();
        var app = builder.Build();
        app.UseCors();
        app.MapOperations("/operations").RequireCors(AllowPages);
        app.MapPost("/order", PlaceOrder).RequireCors(AllowPages);

        void AllowPages(CorsPolicyBuilder cors) => cors.WithOrigins("https://shop.example.com")
            .WithMethods("GET", "POST")
            .WithHeaders("Authorization", "Content-Type", "Idempotency-Key")
            .WithExposedHeaders("Retry-After");
    }

    private static Task<AcceptOperationResult> PlaceOrder(CreateOrder order, IOffloadedOperations operations) =>
        OperationResults.AcceptAsync(operations, order);

    internal sealed record CreateOrder(string Customer);
}
