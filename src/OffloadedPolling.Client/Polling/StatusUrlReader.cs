using System.Net;
using System.Text.Json;
using System.Text.Unicode;

namespace OffloadedPolling.Client;

/// <summary>Looks at a status URL: one GET, and what its answer means.</summary>
internal sealed class StatusUrlReader(PollerHttp http)
{
    /// <param name="url">The status URL.</param>
    /// <param name="urlExpiresAt">When it stops working, if known.</param>
    /// <param name="etag">Of the document already seen, if any.</param>
    /// <param name="cancel">Ends the request.</param>
    /// <exception cref="InvalidOperationException">The answer is a redirect.</exception>
    public async Task<StatusReading> ReadAsync(Uri url, DateTimeOffset? urlExpiresAt, string? etag, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        if (etag is not null)
        {
            request.Headers.TryAddWithoutValidation("If-None-Match", etag);
        }

        var answer = await http.SendAsync(request, cancel).ConfigureAwait(false);
        return answer switch
        {
            { IsPassing: true } => new StatusReading(answer) { Fault = answer.ToString() },
            { Code: HttpStatusCode.OK } => ReadDocument(answer),
            { Code: HttpStatusCode.NotModified } when etag is not null => new StatusReading(answer),
            { Code: >= HttpStatusCode.BadRequest } => ReadRefusal(answer, urlExpiresAt),
            { Code: >= HttpStatusCode.MultipleChoices and not HttpStatusCode.NotModified } => throw new InvalidOperationException(
                $"The status URL answers {answer}, a redirect. It is signed for one address, and not followed to another: "
                + "let the host sign URLs of the bucket's own region and endpoint."),
            _ => new StatusReading(answer) { Fault = $"{answer}, without a status document" },
        };
    }

    private static StatusReading ReadDocument(HttpAnswer answer)
    {
        try
        {
            if (Utf8.IsValid(answer.Body) && JsonSerializer.Deserialize(answer.Body, OperationJson.Status) is { } status)
            {
                return new StatusReading(answer) { Status = status };
            }
        }
        catch (JsonException)
        {
        }

        return new StatusReading(answer) { Fault = "the body is no status document" };
    }

    private static StatusReading ReadRefusal(HttpAnswer answer, DateTimeOffset? urlExpiresAt)
    {
        var (refusal, code) = StoreRefusal.Read(answer, urlExpiresAt);
        return new StatusReading(answer) { Refusal = refusal, RefusalCode = code };
    }
}
