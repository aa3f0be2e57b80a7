using OffloadedPolling;

namespace Orders.Lambda;

/// <summary>Ends orders whose message was delivered too often. It is invoked with batches of the dead-letter queue.</summary>
public sealed class DeadLetterFunction : IDisposable
{
    private readonly IHost _host;

    private readonly SqsEventProcessor _processor;

    private readonly TimeSpan _timeout;

    /// <summary>Starts the function. Wrong settings throw the same exceptions as in any host.</summary>
    public DeadLetterFunction()
    {
        var builder = EventHost.CreateBuilder();
        _timeout = FunctionSettings.FunctionTimeout(builder.Configuration);
        builder.Services.AddOffloadedPolling(builder.Configuration.GetSection("OffloadedPolling"))
            .WithS3()
            .WithSqsEvents()
            .AddOperation<CreateOrder>("orders", OrdersJson.Default)
            .AddDeadLetterReader();
        (_host, _processor) = EventHost.Start(builder);
    }

    public Task<Stream> HandleAsync(Stream input) => _processor.ProcessAsync(input, _timeout);

    public void Dispose() => _host.Dispose();
}
