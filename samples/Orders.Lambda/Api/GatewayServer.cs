using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http.Features;

namespace Orders.Lambda;

/// <summary>
/// Runs proxy events of API Gateway through ASP.NET Core's pipeline: from HTTP APIs (payload versions 2.0 and 1.0) and REST APIs. The
/// package Amazon.Lambda.AspNetCoreServer does the same and more.
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
    /// <exception cref="InvalidOperationException">The event is not a request.</exception>
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
            return GatewayAnswer.BadRequest("The body is marked as Base64, but is not valid Base64.");
        }

        await _serve!(request, response);
        return GatewayAnswer.Of(received, response, body);
    }

    // The same order as in ASP.NET Core's servers, so that callbacks at the start and end of the response can use the request's context.
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

    [LoggerMessage(11, LogLevel.Error, "The body of request {RequestId} is marked as Base64, but is not valid Base64. It gets a 400.")]
    private static partial void LogBadRequest(ILogger logger, string? requestId, Exception cause);

    [LoggerMessage(12, LogLevel.Error, "A callback at the end of a response failed. The response is not affected.")]
    private static partial void LogNotCompleted(ILogger logger, Exception cause);
}
