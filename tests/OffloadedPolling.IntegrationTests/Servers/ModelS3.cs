using System.Collections.Concurrent;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace OffloadedPolling.IntegrationTests.Servers;

/// <summary>
/// An S3-compatible server in memory that supports conditional writes, or ignores or rejects them, as some servers do. It checks no
/// signatures and holds the objects of one bucket. It supports PUT, GET, DELETE, and listing.
/// </summary>
internal sealed class ModelS3 : IAsyncDisposable
{
    private readonly WebApplication _app;

    private readonly ConcurrentDictionary<string, (byte[] Body, IHeaderDictionary Headers)> _objects = new();

    private readonly Lock _lock = new();

    private ModelS3(WebApplication app) => _app = app;

    public Uri Address => new(_app.Urls.Single());

    public bool HeedsIfNoneMatch { get; set; } = true;

    public bool HeedsIfMatch { get; set; } = true;

    /// <summary>Gets or sets whether a condition returns 501, as in OpenStack Swift's S3 API.</summary>
    public bool RefusesConditions { get; set; }

    /// <summary>Gets or sets a source that holds all requests until it completes.</summary>
    public TaskCompletionSource? Hang { get; set; }

    /// <summary>Gets the requests with their status codes, such as <c>PUT 412</c>.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    public IReadOnlyCollection<string> Keys => [.. _objects.Keys];

    public static async Task<ModelS3> StartAsync(string url = "http://127.0.0.1:0")
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(url);
        var server = new ModelS3(builder.Build());
        server._app.Run(server.HandleAsync);
        await server._app.StartAsync();
        return server;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    /// <summary>Handles a request, which another server may have received.</summary>
    public async Task HandleAsync(HttpContext context)
    {
        if (Hang is { } hang)
        {
            await hang.Task.WaitAsync(context.RequestAborted);
        }

        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        var key = context.Request.Path.Value!;
        await (context.Request.Method switch
        {
            "PUT" => PutAsync(context, key, body.ToArray()),
            "GET" when context.Request.Query.ContainsKey("list-type") => ListAsync(context),
            "GET" => GetAsync(context, key),
            "DELETE" => DeleteAsync(context, key),
            _ => AwsAnswers.XmlErrorAsync(context, "MethodNotAllowed", 405),
        });
        Requests.Enqueue($"{context.Request.Method} {context.Response.StatusCode}");
    }

    private async Task PutAsync(HttpContext context, string key, byte[] body)
    {
        var conditions = context.Request.Headers;
        if (RefusesConditions && (conditions.IfNoneMatch.Count > 0 || conditions.IfMatch.Count > 0))
        {
            await AwsAnswers.XmlErrorAsync(context, "NotImplemented", 501);
            return;
        }

        bool holds;
        lock (_lock)
        {
            var version = _objects.TryGetValue(key, out var found) ? ETagOf(found.Body).Trim('"') : null;
            holds = (!HeedsIfNoneMatch || conditions.IfNoneMatch != "*" || version is null)
                && (!HeedsIfMatch || conditions.IfMatch.Count == 0 || conditions.IfMatch.ToString().Trim('"') == version);
            if (holds)
            {
                _objects[key] = (body, new HeaderDictionary(conditions.ToDictionary()));
            }
        }

        if (!holds)
        {
            await AwsAnswers.XmlErrorAsync(context, "PreconditionFailed", 412);
            return;
        }

        context.Response.Headers.ETag = ETagOf(body);
    }

    private async Task GetAsync(HttpContext context, string key)
    {
        if (!_objects.TryGetValue(key, out var found))
        {
            await AwsAnswers.XmlErrorAsync(context, "NoSuchKey", 404);
            return;
        }

        context.Response.Headers.ETag = ETagOf(found.Body);
        if (context.Request.Headers.IfNoneMatch == ETagOf(found.Body))
        {
            context.Response.StatusCode = 304;
            return;
        }

        foreach (var (name, value) in found.Headers.Where(header =>
            header.Key.StartsWith("x-amz-meta-", StringComparison.OrdinalIgnoreCase)))
        {
            context.Response.Headers[name] = value;
        }

        context.Response.ContentType = found.Headers.ContentType;
        context.Response.ContentLength = found.Body.Length;
        await context.Response.Body.WriteAsync(found.Body);
    }

    private Task DeleteAsync(HttpContext context, string key)
    {
        _objects.TryRemove(key, out _);
        context.Response.StatusCode = 204;
        return Task.CompletedTask;
    }

    private async Task ListAsync(HttpContext context)
    {
        var keys = _objects.Keys.Select(key => key[(key.IndexOf('/', 1) + 1)..]).Order(StringComparer.Ordinal);
        context.Response.ContentType = "application/xml";
        var contents = string.Concat(keys.Select(key => $"<Contents><Key>{key}</Key></Contents>"));
        await context.Response.WriteAsync($"<ListBucketResult><IsTruncated>false</IsTruncated>{contents}</ListBucketResult>");
    }

    // As on S3, the version is the MD5 of the content.
    [System.Diagnostics.CodeAnalysis.SuppressMessage(
        "Security", "CA5351:Do Not Use Broken Cryptographic Algorithms", Justification = "It is what S3 does.")]
    private static string ETagOf(byte[] body) => $"\"{Convert.ToHexStringLower(MD5.HashData(body))}\"";
}
