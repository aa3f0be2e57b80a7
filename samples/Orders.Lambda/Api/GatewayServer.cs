using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http.Features;

namespace Orders.Lambda;

/// <summary>
/// Serves requests that API Gateway received: a proxy event of an HTTP API (payload versions 2.0 and 1.0) or of a REST API goes through
/// ASP.NET Core's pipeline as any request does. Amazon.Lambda.AspNetCoreServer does the same, and more, for those who may take a package.
/// </summary>
internal sealed partial class GatewayServer(EndpointDataSource endpoints, ILogger<GatewayServer> logger) : IServer
{
    private readonly GatewayPath _paths = new(endpoints);

    private Func<IFeatureCollection, GatewayResponse, Task>? _serve;

    public IFeatureCollection Features { get; } = new FeatureCollection();

    public Task StartAsync<TContext>(IHttpApplication<TContext> application, CancellationToken cancellationToken)
        where TContext : notnull
    {
        _serve = (request, response) => ServeAsync(application, request, response);
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
            request = GatewayRequest.Read(received, _paths, response);
        }
        catch (FormatException notBase64)
        {
            LogBadRequest(logger, received.RequestId, notBase64);
            return GatewayAnswer.BadRequest("The body is marked as Base64, and is none.");
        }

        await _serve!(request, response);
        return GatewayAnswer.Of(received, response, body);
    }

    // The order of every server of ASP.NET Core: what is called when the answer begins and ends still finds the request's context.
    private async Task ServeAsync<TContext>(IHttpApplication<TContext> application, IFeatureCollection request, GatewayResponse response)
        where TContext : notnull
    {
        var context = application.CreateContext(request);
        Exception? failure = null;
        try
        {
            await application.ProcessRequestAsync(context);
            await response.StartAsync();
        }
        catch (Exception thrown)
        {
            failure = thrown;
            throw;
        }
        finally
        {
            await response.CompleteAsync(failed => LogNotCompleted(logger, failed));
            application.DisposeContext(context, failure);
        }
    }

    [LoggerMessage(11, LogLevel.Error, "The body of request {RequestId} is marked as Base64, and is none. It is answered with 400.")]
    private static partial void LogBadRequest(ILogger logger, string? requestId, Exception cause);

    [LoggerMessage(12, LogLevel.Error, "A callback for the end of a response failed. The response itself is not affected.")]
    private static partial void LogNotCompleted(ILogger logger, Exception cause);
}
