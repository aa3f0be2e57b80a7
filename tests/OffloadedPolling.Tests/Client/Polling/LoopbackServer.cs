using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using OffloadedPolling.Tests.Shared;

namespace OffloadedPolling.Tests.Client.Polling;

/// <summary>A real HTTP server on this machine. Returns the scripted responses, then a <c>Succeeded</c> document.</summary>
internal sealed class LoopbackServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private readonly Queue<Func<HttpContext, Task>> _answers = [];

    private LoopbackServer(WebApplication app) => _app = app;

    public string Address => _app.Urls.First();

    public List<(string Target, Dictionary<string, string> Headers)> Requests { get; } = [];

    public static async Task<LoopbackServer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ResponseHeaderEncodingSelector = _ => Encoding.Latin1);
        var server = new LoopbackServer(builder.Build());
        server._app.Run(server.AnswerAsync);
        await server._app.StartAsync();
        return server;
    }

    /// <summary>Adds a response to the script.</summary>
    public void Then(Func<HttpContext, Task> answer) => _answers.Enqueue(answer);

    /// <summary>Adds a status document to the script.</summary>
    public void ThenShow(OperationState state, string? etag = null) => Then(context => ShowAsync(context, state, etag));

    /// <summary>Creates an accepted operation that is polled immediately.</summary>
    public AcceptedOperation Accepted(string target) => new()
    {
        Id = TestDocuments.Id,
        Status = OperationState.Running,
        StatusUrl = Address + target,
        StatusUrlExpiresAt = DateTimeOffset.MaxValue,
        RetryAfter = TimeSpan.Zero,
    };

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static Task ShowAsync(HttpContext context, OperationState state, string? etag)
    {
        context.Response.Headers.ETag = etag;
        return context.Response.WriteAsync(JsonSerializer.Serialize(TestDocuments.Waiting() with { State = state }, OperationJson.Status));
    }

    private Task AnswerAsync(HttpContext context)
    {
        // Copied because the server reuses its header collection for other requests.
        var headers = context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString());
        Requests.Add((context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget, headers));
        return _answers.TryDequeue(out var answer) ? answer(context) : ShowAsync(context, OperationState.Succeeded, null);
    }
}
