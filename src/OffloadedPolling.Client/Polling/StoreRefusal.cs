using System.Net;
using System.Text;
using System.Text.Json;

namespace OffloadedPolling.Client;

/// <summary>Reads why a store refuses: S3's XML, or the problem of a host that serves the documents itself.</summary>
internal static class StoreRefusal
{
    // As written by SignedStatusEndpoint in the host.
    private const string UrlExpired = "urn:offloaded-polling:problem:status-url-expired";

    /// <summary>What a refusal says.</summary>
    /// <param name="answer">The answer, of 400 to 499.</param>
    /// <param name="urlExpiresAt">When the URL expires, by the clock of the host.</param>
    public static (StatusRefusal Refusal, string? Code) Read(HttpAnswer answer, DateTimeOffset? urlExpiresAt)
    {
        var body = Encoding.UTF8.GetString(answer.Body);
        var code = Element(body, "Code");
        var refusal = code switch
        {
            "NoSuchKey" => StatusRefusal.Missing,
            "ExpiredToken" => StatusRefusal.Expired,
            "AccessDenied" when Element(body, "Message")?.Contains("expired", StringComparison.OrdinalIgnoreCase) is true => StatusRefusal.Expired,
            null when Problem(answer) is { } problem => OfProblem(problem, answer.Code),
            _ => StatusRefusal.Unclear,
        };
        // Where the store tells nothing, the two clocks that count may: the store's, and the instant that the host promised.
        return (refusal == StatusRefusal.Unclear && answer.Date >= urlExpiresAt ? StatusRefusal.Expired : refusal, IsName(code) ? code : null);
    }

    // A 404 without a problem comes from whatever stands before the host: that route is not there.
    private static StatusRefusal OfProblem(OperationProblem problem, HttpStatusCode? status) =>
        problem.Type == UrlExpired ? StatusRefusal.Expired
        : status == HttpStatusCode.NotFound && problem.Status == (int)HttpStatusCode.NotFound ? StatusRefusal.Missing
        : StatusRefusal.Unclear;

    private static OperationProblem? Problem(HttpAnswer answer)
    {
        try
        {
            return JsonSerializer.Deserialize(answer.Body, OperationJson.Problem);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    // S3's errors are flat.
    private static string? Element(string xml, string name)
    {
        var start = xml.IndexOf($"<{name}>", StringComparison.Ordinal);
        var end = start < 0 ? -1 : xml.IndexOf($"</{name}>", start, StringComparison.Ordinal);
        return end < 0 ? null : xml[(start + name.Length + 2)..end];
    }

    // It is printed, and a body may repeat what was asked with its signature.
    private static bool IsName(string? code) => code is { Length: > 0 and < 64 } && code.All(char.IsAsciiLetterOrDigit);
}
