using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Yarp.ReverseProxy.Forwarder;

namespace OffloadedPolling.IntegrationTests.Servers;

/// <summary>
/// A reverse proxy on loopback that records requests and can respond to them itself. It forwards the Host header and the request target
/// unchanged, because S3's signatures cover both.
/// </summary>
internal sealed class RecordingProxy : IAsyncDisposable
{
    private readonly WebApplication _app;

    private readonly ConcurrentQueue<RecordedRequest> _requests = new();

    private readonly HttpMessageInvoker _upstream = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        MaxConnectionsPerServer = 512,
    });

    private RecordingProxy(WebApplication app) => _app = app;

    public Uri Address => new(_app.Urls.Single());

    public IReadOnlyList<RecordedRequest> Requests => [.. _requests];

    /// <summary>Gets or sets a callback that returns <see langword="true"/> if it responded instead of the upstream.</summary>
    public Func<HttpContext, Task<bool>>? Intercept { get; set; }

    /// <summary>Gets or sets a callback that sees the upstream's response before the caller does, and can change it.</summary>
    public Action<HttpContext>? AfterUpstream { get; set; }

    public static async Task<RecordingProxy> StartAsync(Uri upstream)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddHttpForwarder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = null);
        var app = builder.Build();
        var proxy = new RecordingProxy(app);
        var forwarder = app.Services.GetRequiredService<IHttpForwarder>();
        var prefix = upstream.GetLeftPart(UriPartial.Authority);
        app.Run(context => proxy.HandleAsync(context, forwarder, prefix));
        await app.StartAsync();
        return proxy;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _upstream.Dispose();
    }

    private async Task HandleAsync(HttpContext context, IHttpForwarder forwarder, string upstream)
    {
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var recorded = false;
        // Records before the caller can see the response. Otherwise, a test that counts right after its call could miss a request.
        context.Response.OnStarting(() =>
        {
            Record();
            return Task.CompletedTask;
        });

        if (Intercept is not { } intercept || !await intercept(context))
        {
            await forwarder.SendAsync(context, upstream, _upstream, ForwarderRequestConfig.Empty, new AsReceived(target, AfterUpstream));
        }

        Record();

        void Record()
        {
            if (!recorded)
            {
                recorded = true;
                _requests.Enqueue(Recorded(context, target));
            }
        }
    }

    private static RecordedRequest Recorded(HttpContext context, string target)
    {
        var headers = context.Request.Headers.ToDictionary(
            header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase);
        return new RecordedRequest(
            context.Request.Method, target.Split('?')[0], headers.GetValueOrDefault("X-Amz-Target"), context.Response.StatusCode, headers);
    }

    private sealed class AsReceived(string target, Action<HttpContext>? afterUpstream) : HttpTransformer
    {
        public override async ValueTask TransformRequestAsync(
            HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix, CancellationToken cancellationToken)
        {
            await base.TransformRequestAsync(httpContext, proxyRequest, destinationPrefix, cancellationToken);
            proxyRequest.RequestUri = new Uri(
                destinationPrefix + target, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
            proxyRequest.Headers.Host = httpContext.Request.Host.Value;
        }

        public override async ValueTask<bool> TransformResponseAsync(
            HttpContext httpContext, HttpResponseMessage? proxyResponse, CancellationToken cancellationToken)
        {
            var forward = await base.TransformResponseAsync(httpContext, proxyResponse, cancellationToken);
            afterUpstream?.Invoke(httpContext);
            return forward;
        }
    }
}
