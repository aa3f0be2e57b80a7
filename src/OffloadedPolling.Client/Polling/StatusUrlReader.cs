using System.Net;

namespace OffloadedPolling.Client;

/// <summary>Looks at a status URL: one GET, and what its answer means.</summary>
/// <param name="http">Sends it.</param>
/// <param name="url">The status URL.</param>
/// <param name="urlExpiresAt">When it stops working, if known.</param>
internal sealed class StatusUrlReader(PollerHttp http, Uri url, DateTimeOffset? urlExpiresAt) : IStatusReader
{
    /// <exception cref="InvalidOperationException">The answer is a redirect.</exception>
    public async ValueTask<StatusReading> ReadAsync(string? etag, CancellationToken cancel)
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
            { Code: HttpStatusCode.OK } => StatusReading.Document(answer),
            { Code: HttpStatusCode.NotModified } when etag is not null => new StatusReading(answer),
            { Code: >= HttpStatusCode.BadRequest } => ReadRefusal(answer),
            { Code: >= HttpStatusCode.MultipleChoices and not HttpStatusCode.NotModified } => throw new InvalidOperationException(
                $"The status URL answers {answer}, a redirect. It is signed for one address, and not followed to another: "
                + "let the host sign URLs of the bucket's own region and endpoint."),
            _ => new StatusReading(answer) { Fault = $"{answer}, without a status document" },
        };
    }

    private StatusReading ReadRefusal(HttpAnswer answer)
    {
        var (refusal, code) = StoreRefusal.Read(answer, urlExpiresAt);
        return new StatusReading(answer) { Refusal = refusal, RefusalCode = code };
    }
}
