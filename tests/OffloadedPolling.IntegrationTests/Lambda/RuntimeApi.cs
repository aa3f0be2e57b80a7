using System.Globalization;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace OffloadedPolling.IntegrationTests.Lambda;

/// <summary>Emulates the Lambda Runtime API: passes invocations to one function and receives its responses.</summary>
/// <remarks>https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html</remarks>
internal sealed class RuntimeApi : IAsyncDisposable
{
    private static readonly TimeSpan _deadline = TimeSpan.FromSeconds(30);

    private readonly WebApplication _app;

    private readonly Channel<Invocation> _waiting = Channel.CreateUnbounded<Invocation>();

    private readonly System.Collections.Concurrent.ConcurrentDictionary<string, Invocation> _running = new();

    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private readonly TaskCompletionSource<string> _initError = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private RuntimeApi(WebApplication app) => _app = app;

    /// <summary>The value of <c>AWS_LAMBDA_RUNTIME_API</c>.</summary>
    public string Authority => new Uri(_app.Urls.Single()).Authority;

    /// <summary>Completes when the function has requested its first invocation.</summary>
    public Task Ready => _ready.Task;

    /// <summary>Completes with the error that prevented the start of the function.</summary>
    public Task<string> InitError => _initError.Task;

    public static async Task<RuntimeApi> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var api = new RuntimeApi(app);
        app.MapGet("/2018-06-01/runtime/invocation/next", api.NextAsync);
        app.MapPost("/2018-06-01/runtime/invocation/{id}/response", (string id, HttpContext context) =>
            api.EndAsync(id, context, failed: false));
        app.MapPost("/2018-06-01/runtime/invocation/{id}/error", (string id, HttpContext context) =>
            api.EndAsync(id, context, failed: true));
        app.MapPost("/2018-06-01/runtime/init/error", api.InitFailedAsync);
        await app.StartAsync();
        return api;
    }

    /// <summary>Invokes the function, which has one instance: it processes one invocation at a time.</summary>
    public async Task<(bool Failed, string Answer)> InvokeAsync(string payload)
    {
        var invocation = new Invocation(payload);
        await _waiting.Writer.WriteAsync(invocation);
        return await invocation.Ended.Task.WaitAsync(_deadline);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task NextAsync(HttpContext context)
    {
        _ready.TrySetResult();
        var next = await _waiting.Reader.ReadAsync(context.RequestAborted);
        var id = Guid.NewGuid().ToString();
        _running[id] = next;
        context.Response.Headers["Lambda-Runtime-Aws-Request-Id"] = id;
        context.Response.Headers["Lambda-Runtime-Deadline-Ms"] = (DateTimeOffset.UtcNow + _deadline).ToUnixTimeMilliseconds()
            .ToString(CultureInfo.InvariantCulture);
        context.Response.Headers["Lambda-Runtime-Trace-Id"] = "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Parent=9a9197af755a6419;Sampled=1";
        await context.Response.WriteAsync(next.Payload);
    }

    private async Task EndAsync(string id, HttpContext context, bool failed)
    {
        _running.TryRemove(id, out var invocation).Should().BeTrue($"{id} is not running");
        invocation!.Ended.SetResult((failed, await ReadAsync(context)));
        context.Response.StatusCode = StatusCodes.Status202Accepted;
    }

    private async Task InitFailedAsync(HttpContext context)
    {
        _initError.TrySetResult(await ReadAsync(context));
        context.Response.StatusCode = StatusCodes.Status202Accepted;
    }

    private static async Task<string> ReadAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        return await reader.ReadToEndAsync();
    }

    private sealed class Invocation(string payload)
    {
        public string Payload => payload;

        public TaskCompletionSource<(bool Failed, string Answer)> Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
