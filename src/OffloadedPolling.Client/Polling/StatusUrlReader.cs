using System.Net;
using System.Text;

namespace OffloadedPolling.Client;

/// <summary>Polls a status URL with one GET, and interprets the response.</summary>
/// <param name="http">The sender of the request.</param>
/// <param name="url">The status URL.</param>
/// <param name="urlExpiresAt">The time at which the URL expires by the host's clock, if known.</param>
internal sealed class StatusUrlReader(PollerHttp http, Uri url, DateTimeOffset? urlExpiresAt) : IStatusReader
{
    // Must match SignedStatusEndpoint in the host.
    private const string UrlExpired = "urn:offloaded-polling:problem:status-url-expired";

    /// <exception cref="InvalidOperationException">The response is a redirect.</exception>
    public async ValueTask<StatusReading> ReadAsync(string? etag, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        if (etag is not null)
        {
            request.Headers.TryAddWithoutValidation("If-None-Match", etag);
        }

        var answer = await http.SendAsync(request, cancellationToken).ConfigureAwait(false);
        return answer switch
        {
            { IsTransient: true } => new StatusReading(answer) { Fault = answer.ToString() },
            { Code: HttpStatusCode.OK } => StatusReading.Document(answer),
            { Code: HttpStatusCode.NotModified } when etag is not null => new StatusReading(answer),
            { Code: >= HttpStatusCode.BadRequest } => ReadRefusal(answer, urlExpiresAt),
            { Code: >= HttpStatusCode.MultipleChoices and not HttpStatusCode.NotModified } => throw new InvalidOperationException(
                $"The status URL returned {answer}, a redirect. Redirects are not followed, because the signature covers only one address. "
                + "Configure the host to sign URLs for the bucket's own region and endpoint."),
            _ => new StatusReading(answer) { Fault = $"{answer}, without a status document" },
        };
    }

    /// <summary>Reads the reason of a refusal from S3's XML, or from the problem of a host that serves the documents.</summary>
    /// <param name="answer">A response with status 400 to 499.</param>
    /// <param name="urlExpiresAt">The time at which the URL expires by the host's clock, if known.</param>
    internal static StatusReading ReadRefusal(HttpAnswer answer, DateTimeOffset? urlExpiresAt)
    {
        var body = Encoding.UTF8.GetString(answer.Body);
        var code = Element(body, "Code");
        // Forbidden if the store gives no reason. Ceph returns AccessDenied for every reason. S3 also returns it for a missing document if
        // the signer may not list the bucket.
        var reason = code switch
        {
            "NoSuchKey" => OperationUnavailableReason.Missing,
            "ExpiredToken" => OperationUnavailableReason.Expired,
            "AccessDenied" when Element(body, "Message")?.Contains("expired", StringComparison.OrdinalIgnoreCase) is true =>
                OperationUnavailableReason.Expired,
            null => ReasonOf(OperationJson.TryRead(answer.Body, OperationJson.Problem), answer.Code),
            _ => OperationUnavailableReason.Forbidden,
        };
        // Without a reason, the store's clock and the expiration that the host gave show whether the URL has expired.
        var isExpired = reason == OperationUnavailableReason.Forbidden && answer.Date >= urlExpiresAt;
        return new StatusReading(answer)
        {
            Refusal = isExpired ? OperationUnavailableReason.Expired : reason,
            RefusalCode = IsName(code) ? code : null,
        };
    }

    private static OperationUnavailableReason ReasonOf(OperationProblem? problem, HttpStatusCode? code) => problem switch
    {
        { Type: UrlExpired } => OperationUnavailableReason.Expired,
        // A 404 without a problem comes from a proxy in front of the host, which does not have that route.
        { Status: (int)HttpStatusCode.NotFound } when code == HttpStatusCode.NotFound => OperationUnavailableReason.Missing,
        _ => OperationUnavailableReason.Forbidden,
    };

    // S3's error documents are not nested.
    private static string? Element(string xml, string name)
    {
        var start = xml.IndexOf($"<{name}>", StringComparison.Ordinal);
        var end = start < 0 ? -1 : xml.IndexOf($"</{name}>", start, StringComparison.Ordinal);
        return end < 0 ? null : xml[(start + name.Length + 2)..end];
    }

    // The code is shown, and a body could repeat the request with its signature.
    private static bool IsName(string? code) => code is { Length: > 0 and < 64 } && code.All(char.IsAsciiLetterOrDigit);
}
