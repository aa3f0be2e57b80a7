using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http.Features;

namespace Orders.Lambda;

/// <summary>
/// Serves requests that API Gateway received: a proxy event of an HTTP API (payload versions 2.0 and 1.0) or of a REST API goes through
/// ASP.NET Core's pipeline as any request does. Amazon.Lambda.AspNetCoreServer does the same, and more, for those who may take a package.
/// </summary>
internal sealed partial class GatewayServer(ILogger<GatewayServer> logger) : IServer
{
    private Func<IFeatureCollection, Task>? _serve;

    public IFeatureCollection Features { get; } = new FeatureCollection();

    public Task StartAsync<TContext>(IHttpApplication<TContext> application, CancellationToken cancellationToken)
        where TContext : notnull
    {
        _serve = features => ServeAsync(application, features);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose()
    {
    }

    /// <summary>Serves one request.</summary>
    /// <exception cref="InvalidOperationException">The event is no request: there is nobody to answer.</exception>
    public async Task<Stream> HandleAsync(Stream input)
    {
        using var received = await GatewayEvent.ReadAsync(input);
        using var body = new MemoryStream();
        var response = new GatewayResponse(body);
        IFeatureCollection request;
        try
        {
            request = GatewayRequest.Read(received, response);
        }
        catch (FormatException notBase64)
        {
            LogBadRequest(logger, received.RequestId, notBase64);
            return GatewayAnswer.BadRequest("The body is marked as Base64, and is none.");
        }

        await _serve!(request);
        await response.StartAsync();
        return GatewayAnswer.Of(received, response, body);
    }

    private static async Task ServeAsync<TContext>(IHttpApplication<TContext> application, IFeatureCollection features)
        where TContext : notnull
    {
        var context = application.CreateContext(features);
        try
        {
            await application.ProcessRequestAsync(context);
            application.DisposeContext(context, null);
        }
        catch (Exception thrown)
        {
            application.DisposeContext(context, thrown);
            throw;
        }
    }

    [LoggerMessage(11, LogLevel.Error, "The body of request {RequestId} is marked as Base64, and is none. It is answered with 400.")]
    private static partial void LogBadRequest(ILogger logger, string? requestId, Exception cause);
}
