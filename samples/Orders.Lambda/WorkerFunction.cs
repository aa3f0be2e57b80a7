using OffloadedPolling;

namespace Orders.Lambda;

/// <summary>The worker, invoked with batches of the orders' queue. One instance serves many invocations.</summary>
public sealed class WorkerFunction : IDisposable
{
    private readonly IHost _host;

    private readonly SqsEventProcessor _processor;

    private readonly TimeSpan _timeout;

    /// <summary>Starts the function. Wrong settings throw the same exceptions as in any host.</summary>
    public WorkerFunction()
    {
        var builder = EventHost.CreateBuilder();
        var settings = OrdersOptions.Read(builder.Configuration);
        _timeout = FunctionSettings.FunctionTimeout(builder.Configuration);
        builder.Services.AddSingleton(settings);
        builder.Services.AddDynamoDbOrderStore(FunctionSettings.TableName(settings));
        builder.Services.AddOffloadedPolling(builder.Configuration.GetSection("OffloadedPolling"))
            .WithS3()
            .WithSqsEvents()
            .AddOperation<CreateOrder>("orders", OrdersJson.Default)
            .AddHandler<CreateOrder, CreateOrderHandler>();
        (_host, _processor) = EventHost.Start(builder);
    }

    public Task<Stream> HandleAsync(Stream input) => _processor.ProcessAsync(input, _timeout);

    public void Dispose() => _host.Dispose();
}
