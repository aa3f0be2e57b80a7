using System.Net;
using System.Text.Unicode;

namespace OffloadedPolling.Client;

/// <summary>The outcome of one poll: a document, that it has not changed, a refusal, or a failure.</summary>
public sealed class StatusReading
{
    internal StatusReading(HttpAnswer answer) => Answer = answer;

    /// <summary>Gets the document that was read.</summary>
    public OperationStatus? Status { get; internal init; }

    /// <summary>Gets why the poll failed. The next one may succeed.</summary>
    public string? Fault { get; internal init; }

    internal HttpAnswer Answer { get; }

    /// <summary>Gets why the store refuses; <see cref="OperationUnavailableReason.Forbidden"/> also if it does not say why.</summary>
    internal OperationUnavailableReason? Refusal { get; init; }

    /// <summary>Gets the store's name for the refusal; <see langword="null"/> if it gave none.</summary>
    internal string? RefusalCode { get; init; }

    internal string AnswerText => RefusalCode is null ? Answer.ToString() : $"{Answer} ({RefusalCode})";

    /// <summary>Creates the outcome of a poll that returned a body. If the body is not a status document, the poll failed.</summary>
    /// <param name="utf8Json">The body.</param>
    /// <param name="etag">The <c>ETag</c> as it was sent; some servers leave the quotes out.</param>
    /// <param name="date">The answer's <c>Date</c>. It gives the document's age, because the caller's clock may be wrong.</param>
    /// <returns>The document, or a failure.</returns>
    public static StatusReading Document(byte[] utf8Json, string? etag, DateTimeOffset? date)
    {
        ArgumentNullException.ThrowIfNull(utf8Json);
        return Document(new HttpAnswer { Code = HttpStatusCode.OK, Body = utf8Json, ETag = etag, Date = date });
    }

    /// <summary>Creates the outcome of a poll that found the document whose <c>ETag</c> was sent.</summary>
    /// <returns>The outcome.</returns>
    public static StatusReading Unchanged() => new(new HttpAnswer { Code = HttpStatusCode.NotModified });

    /// <summary>Creates the outcome of a poll that was refused for a reason that does not pass. The wait ends.</summary>
    /// <param name="reason">The reason; <see cref="OperationUnavailableReason.Forbidden"/> also if the store does not say why.</param>
    /// <param name="words">The answer, without a credential, such as <c>403 Forbidden (AccessDenied)</c>.</param>
    /// <param name="code">The HTTP status code, if there was an answer.</param>
    /// <returns>The outcome.</returns>
    public static StatusReading Refused(OperationUnavailableReason reason, string words, HttpStatusCode? code = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(words);
        return new(new HttpAnswer { Code = code, Fault = words }) { Refusal = reason };
    }

    /// <summary>Creates the outcome of a poll that failed. The poller polls again after a back-off.</summary>
    /// <param name="words">Why, without a credential, such as <c>no answer within 00:00:30</c>.</param>
    /// <param name="code">The HTTP status code, if there was an answer.</param>
    /// <param name="retryAfter">What a busy server asks for: the shortest wait.</param>
    /// <returns>The outcome.</returns>
    public static StatusReading Faulty(string words, HttpStatusCode? code = null, TimeSpan? retryAfter = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(words);
        return new(new HttpAnswer { Code = code, RetryAfter = retryAfter }) { Fault = words };
    }

    internal static StatusReading Document(HttpAnswer answer) =>
        Utf8.IsValid(answer.Body) && OperationJson.TryRead(answer.Body, OperationJson.Status) is { } status
            ? new StatusReading(answer) { Status = status }
            : new StatusReading(answer) { Fault = "the body is no status document" };
}
