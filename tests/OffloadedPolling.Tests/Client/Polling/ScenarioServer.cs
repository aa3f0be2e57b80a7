using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using OffloadedPolling.Tests.Shared;

namespace OffloadedPolling.Tests.Client.Polling;

/// <summary>The host and the store of one scenario. Requests take no time.</summary>
internal sealed class ScenarioServer(PollScenario scenario, AutoAdvancingTimeProvider time) : HttpMessageHandler
{
    public const string OperationUrl = "http://host.test/operations/one";

    private readonly DateTimeOffset _start = time.ServerNow;

    public List<double> Polls { get; } = [];

    public List<double> Renewals { get; } = [];

    public int NotModified { get; private set; }

    /// <summary>Returns the 202 response. It passes through JSON, as it does for callers.</summary>
    public AcceptedOperation Accepted(PollScenario.AcceptAnswer answer)
    {
        var accepted = Renewed() with
        {
            Status = Enum.Parse<OperationState>(answer.Status),
            RetryAfter = TimeSpan.FromSeconds(answer.RetryAfter),
            Estimate = answer.Estimate,
            Repeated = answer.Repeated,
        };
        return JsonSerializer.Deserialize(JsonSerializer.Serialize(accepted, OperationJson.Accepted), OperationJson.Accepted)!;
    }

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = request.RequestUri!.Host == "host.test" ? Renew() : Answer(request);
        response.RequestMessage = request;
        // The Date header has whole seconds.
        response.Headers.Date = _start.AddSeconds(Math.Floor(time.Now.TotalSeconds));
        return Task.FromResult(response);
    }

    private HttpResponseMessage Renew()
    {
        Renewals.Add(time.Now.TotalSeconds);
        var answer = Latest(scenario.Host) ?? new PollScenario.Answer(0);
        return Response(answer, answer.Code == 200 ? JsonSerializer.Serialize(Renewed(), OperationJson.Accepted) : "");
    }

    private HttpResponseMessage Answer(HttpRequestMessage request)
    {
        Polls.Add(time.Now.TotalSeconds);
        var issued = double.Parse(request.RequestUri!.Query["?issued=".Length..], CultureInfo.InvariantCulture);
        if (time.Now.TotalSeconds - issued >= scenario.UrlLifetime)
        {
            return Response(new PollScenario.Answer(0, 403), ScriptedServer.UrlExpired);
        }

        var answer = Latest(scenario.Store)!;
        var etag = $"\"{answer.From}\"";
        if (answer.Document is not null && request.Headers.IfNoneMatch.Any(tag => tag.Tag == etag))
        {
            NotModified++;
            return new HttpResponseMessage(HttpStatusCode.NotModified);
        }

        var body = answer.Document is { } document ? JsonSerializer.Serialize(StatusOf(document), OperationJson.Status) : "";
        var response = Response(answer, body);
        response.Headers.ETag = answer.Document is null ? null : new EntityTagHeaderValue(etag);
        return response;
    }

    private PollScenario.Answer? Latest(IEnumerable<PollScenario.Answer> answers) =>
        answers.LastOrDefault(answer => answer.From <= time.Now.TotalSeconds);

    private OperationStatus StatusOf(PollScenario.Written document) => TestDocuments.Waiting() with
    {
        State = Enum.Parse<OperationState>(document.Status),
        CreatedAt = _start.AddSeconds(document.CreatedAt ?? Math.Min(document.LastUpdatedAt, 0)),
        LastUpdatedAt = _start.AddSeconds(document.LastUpdatedAt),
        Estimate = document.Estimate,
        PercentComplete = document.PercentComplete,
        Error = document.Error,
    };

    private AcceptedOperation Renewed() => new()
    {
        Id = TestDocuments.Id,
        Status = OperationState.Running,
        StatusUrl = $"http://store.test/one?issued={time.Now.TotalSeconds.ToString(CultureInfo.InvariantCulture)}",
        StatusUrlExpiresAt = time.ServerNow.AddSeconds(scenario.UrlLifetime ?? 86_400),
        OperationUrl = OperationUrl,
        RetryAfter = TimeSpan.Zero,
    };

    private static HttpResponseMessage Response(PollScenario.Answer answer, string body)
    {
        var response = new HttpResponseMessage((HttpStatusCode)answer.Code) { Content = new StringContent(body, Encoding.UTF8) };
        if (answer.RetryAfter is { } seconds)
        {
            response.Headers.RetryAfter = new RetryConditionHeaderValue(TimeSpan.FromSeconds(seconds));
        }

        return response;
    }
}
