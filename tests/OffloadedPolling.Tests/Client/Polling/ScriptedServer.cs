using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace OffloadedPolling.Tests.Client.Polling;

/// <summary>The store and the host in one. Returns the scripted responses in order.</summary>
internal sealed class ScriptedServer(AutoAdvancingTimeProvider time) : HttpMessageHandler
{
    public const string UrlExpired =
        """<?xml version="1.0"?><Error><Code>AccessDenied</Code><Message>Request has expired</Message>"""
        + "<Expires>2026-11-23T10:00:00Z</Expires></Error>";

    private readonly Queue<Func<HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>>> _script = [];

    private Func<OperationStatus>? _always;

    /// <summary>Gets the requests, in order.</summary>
    public List<Asked> Requests { get; } = [];

    public bool IsDone => _script.Count == 0;

    public ScriptedServer Then(Func<HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>> answer)
    {
        _script.Enqueue(answer);
        return this;
    }

    public ScriptedServer Then(Func<HttpResponseMessage> answer) => Then((_, _) => Task.FromResult(answer()));

    public ScriptedServer Throws(Exception failure) => Then((_, _) => Task.FromException<HttpResponseMessage>(failure));

    public ScriptedServer Says(
        HttpStatusCode code, string body = "", string type = "application/xml", Action<HttpResponseMessage>? change = null) =>
        Then(() => Answer(code, body, type, change));

    public ScriptedServer Says(HttpStatusCode code, RetryConditionHeaderValue retryAfter) =>
        Says(code, change: response => response.Headers.RetryAfter = retryAfter);

    public ScriptedServer Redirects(HttpStatusCode code, string url) =>
        Says(code, change: response => response.Headers.Location = new Uri(url));

    /// <summary>Adds a document, which is created when it is requested.</summary>
    public ScriptedServer Shows(Func<OperationStatus> status, string? etag = null, Action<HttpResponseMessage>? change = null) =>
        Then(() => Document(status(), response =>
        {
            response.Headers.ETag = etag is null ? null : new EntityTagHeaderValue($"\"{etag}\"");
            change?.Invoke(response);
        }));

    /// <summary>Returns a document whenever the script is empty.</summary>
    public void ShowsAlways(Func<OperationStatus> status) => _always = status;

    /// <summary>Adds the host's response with a new status URL.</summary>
    public ScriptedServer Renews(AcceptedOperation accepted) =>
        Says(HttpStatusCode.OK, JsonSerializer.Serialize(accepted, OperationJson.Accepted), "application/json");

    /// <summary>Adds a request that hangs until its timeout.</summary>
    public ScriptedServer Hangs() => Then(async (_, cancellationToken) =>
    {
        ThreadPool.UnsafeQueueUserWorkItem(_ => time.Jump(), null);
        await Task.Delay(Timeout.Infinite, cancellationToken);
        throw new InvalidOperationException("unreachable");
    });

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var headers = request.Headers.ToDictionary(header => header.Key, header => string.Join(", ", header.Value));
        Requests.Add(new Asked(request.RequestUri!.OriginalString, headers, time.Now));
        (_script.TryDequeue(out var answer) || _always is not null).Should().BeTrue($"request {Requests.Count} is not in the script");
        var response = answer is null ? Document(_always!(), null) : await answer(request, cancellationToken);
        response.RequestMessage ??= request;
        return response;
    }

    private HttpResponseMessage Document(OperationStatus status, Action<HttpResponseMessage>? change) =>
        Answer(HttpStatusCode.OK, JsonSerializer.Serialize(status, OperationJson.Status), "application/json", change);

    private HttpResponseMessage Answer(HttpStatusCode code, string body, string type, Action<HttpResponseMessage>? change)
    {
        var response = new HttpResponseMessage(code) { Content = new StringContent(body, Encoding.UTF8, type) };
        // The Date header has whole seconds.
        response.Headers.Date = new DateTimeOffset(time.ServerNow.Ticks / TimeSpan.TicksPerSecond * TimeSpan.TicksPerSecond, TimeSpan.Zero);
        change?.Invoke(response);
        return response;
    }

    internal sealed record Asked(string Url, Dictionary<string, string> Headers, TimeSpan At);
}
