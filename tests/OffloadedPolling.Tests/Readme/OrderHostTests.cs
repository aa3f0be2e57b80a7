using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OffloadedPolling.AspNetCore;

namespace OffloadedPolling.Tests.Readme;

/// <summary>
/// A minimal host with reflection-based JSON, as a user of the packages OffloadedPolling and OffloadedPolling.AspNetCore would write it.
/// </summary>
public sealed class OrderHostTests
{
    [Fact]
    public async Task MinimalHost_IsValid()
    {
        var builder = WebApplication.CreateBuilder();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["OffloadedPolling:S3:BucketName"] = "status",
            ["OffloadedPolling:Operations:orders:QueueUrl"] = "https://sqs.eu-west-1.amazonaws.com/123456789012/orders",
        });

        builder.Services.AddOffloadedPolling(builder.Configuration.GetSection("OffloadedPolling"))
            .WithS3()                                     // store, issuer, profiles; WithSqlite() instead needs no cloud
            .WithSqs()                                    // queue
            .AddOperation<CreateOrder>("orders")          // a kind: its name, queue and settings
            .AddHandler<CreateOrder, CreateOrderHandler>();  // only where the work is done

        await using var app = builder.Build();
        app.MapPost("/order", (CreateOrder order, IOffloadedOperations operations, CancellationToken cancellationToken) =>
            OperationResults.AcceptAsync(operations, order, cancellationToken));
        app.MapOperations("/operations");

        FluentActions.Invoking(() => app.Services.GetRequiredService<IStartupValidator>().Validate()).Should().NotThrow();
        app.Services.GetRequiredService<IOffloadedOperations>().Kinds.Should().Equal("orders");
    }

    private sealed record CreateOrder(string Customer);

    private sealed record Order(string Id);

    private sealed class CreateOrderHandler : IOperationHandler<CreateOrder, Order>
    {
        public async Task<Order> HandleAsync(OperationContext<CreateOrder> context, CancellationToken cancellationToken)
        {
            await context.ReportProgressAsync(40, "Reserving stock", cancellationToken);
            return new Order(context.OperationId);
        }
    }
}
