using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Hosting.Server;

namespace Orders.Lambda;

/// <summary>The API, invoked with requests from API Gateway. One instance serves many invocations.</summary>
public sealed class ApiFunction : IAsyncDisposable
{
    private readonly WebApplication _app;

    private readonly GatewayServer _gateway;

    /// <summary>Starts the function. Wrong settings throw the same exceptions as in any host.</summary>
    public ApiFunction()
    {
        var builder = WebApplication.CreateSlimBuilder(
            new WebApplicationOptions { ApplicationName = "Orders", ContentRootPath = FunctionSettings.Folder });
        FunctionLog.Use(builder.Logging);
        builder.Services.AddSingleton<GatewayServer>();
        builder.Services.AddSingleton<IServer>(provider => provider.GetRequiredService<GatewayServer>());

        var settings = OrdersOptions.Read(builder.Configuration);
        var polling = builder.Configuration.GetSection("OffloadedPolling");
        builder.Services.AddDynamoDbOrderStore(FunctionSettings.TableName(settings));
        builder.Services.AddOrdersApi(builder.Configuration);
        builder.Services.AddHealthChecks().AddOffloadedPolling().AddCheck<OrderStoreHealthCheck>("orders");
        var offloaded = builder.Services.AddOffloadedPolling(polling)
            .WithS3().WithSqs().AddOperation<CreateOrder>("orders", OrdersJson.Default);
        if (OrdersOptions.IssuesCredentials(polling))
        {
            offloaded.WithSts();
        }

        _app = builder.Build();
        _app.UseExceptionHandler();
        _app.UseStatusCodePages();
        _app.MapHealthChecks("/health", new HealthCheckOptions { ResponseWriter = HealthResponse.WriteAsync });
        _app.MapOrdersApi(settings, hostStandsInForS3: false);
        _app.Start();
        _gateway = _app.Services.GetRequiredService<GatewayServer>();
    }

    public Task<Stream> HandleAsync(Stream input) => _gateway.HandleAsync(input);

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
