using System.Net;
using System.Text.Json;
using System.Text.Unicode;

namespace OffloadedPolling.Client;

/// <summary>What one look told: a document, that it has not changed, a refusal, or nothing.</summary>
public sealed class StatusReading
{
    internal StatusReading(HttpAnswer answer) => Answer = answer;

    /// <summary>The document that was read.</summary>
    public OperationStatus? Status { get; internal init; }

    /// <summary>Why the look told nothing. Another one may.</summary>
    public string? Fault { get; internal init; }

    internal HttpAnswer Answer { get; }

    internal StatusRefusal? Refusal { get; init; }

    /// <summary>The store's name for the refusal; <see langword="null"/> if it gave none.</summary>
    internal string? RefusalCode { get; init; }

    /// <summary>A body that should be a status document. If it is none, the look told nothing.</summary>
    /// <param name="utf8Json">The body.</param>
    /// <param name="etag">The <c>ETag</c> as it was sent; some servers leave the quotes out.</param>
    /// <param name="date">The answer's <c>Date</c>, which tells the document's age: the caller's clock may be wrong.</param>
    /// <returns>The document, or a fault.</returns>
    public static StatusReading Document(byte[] utf8Json, string? etag, DateTimeOffset? date)
    {
        ArgumentNullException.ThrowIfNull(utf8Json);
        return Document(new HttpAnswer { Code = HttpStatusCode.OK, Body = utf8Json, ETag = etag, Date = date });
    }

    /// <summary>The document is still the one whose <c>ETag</c> was asked with.</summary>
    /// <returns>The reading.</returns>
    public static StatusReading Unchanged() => new(new HttpAnswer { Code = HttpStatusCode.NotModified });

    /// <summary>There is no document to be seen, for a reason that does not pass by itself: the wait ends.</summary>
    /// <param name="reason">Why; <see cref="OperationUnavailableReason.Forbidden"/> also where the store does not tell.</param>
    /// <param name="words">What was answered, without a credential: <c>403 Forbidden (AccessDenied)</c>.</param>
    /// <param name="code">The HTTP status code, if there was an answer.</param>
    /// <returns>The reading.</returns>
    public static StatusReading Refused(OperationUnavailableReason reason, string words, HttpStatusCode? code = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(words);
        return new(new HttpAnswer { Code = code, Fault = words })
        {
            Refusal = reason switch
            {
                OperationUnavailableReason.Expired => StatusRefusal.Expired,
                OperationUnavailableReason.Missing => StatusRefusal.Missing,
                _ => StatusRefusal.Unclear,
            },
        };
    }

    /// <summary>The look told nothing; the poller makes another one, after a back-off.</summary>
    /// <param name="words">Why, without a credential: <c>no answer within 00:00:30</c>.</param>
    /// <param name="code">The HTTP status code, if there was an answer.</param>
    /// <param name="retryAfter">What a busy server asks for: the least to wait.</param>
    /// <returns>The reading.</returns>
    public static StatusReading Faulty(string words, HttpStatusCode? code = null, TimeSpan? retryAfter = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(words);
        return new(new HttpAnswer { Code = code, RetryAfter = retryAfter }) { Fault = words };
    }

    internal static StatusReading Document(HttpAnswer answer)
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
}
