using System.Net;
using System.Text.Unicode;

namespace OffloadedPolling.Client;

/// <summary>Represents the outcome of one poll: a document, an unchanged document, a refusal, or a failure.</summary>
public sealed class StatusReading
{
    internal StatusReading(HttpAnswer answer) => Answer = answer;

    /// <summary>Gets the document that was read; <see langword="null"/> if the poll returned none.</summary>
    public OperationStatus? Status { get; internal init; }

    /// <summary>Gets the reason why the poll failed; <see langword="null"/> if it did not. The next poll may succeed.</summary>
    public string? Fault { get; internal init; }

    internal HttpAnswer Answer { get; }

    /// <summary>Gets why the store refused the poll; <see cref="OperationUnavailableReason.Forbidden"/> if it gave no reason.</summary>
    internal OperationUnavailableReason? Refusal { get; init; }

    /// <summary>Gets the store's error code; <see langword="null"/> if it returned none.</summary>
    internal string? RefusalCode { get; init; }

    internal string AnswerText => RefusalCode is null ? Answer.ToString() : $"{Answer} ({RefusalCode})";

    /// <summary>Creates the outcome of a poll that returned a body. If the body is not a status document, the poll failed.</summary>
    /// <param name="utf8Json">The body.</param>
    /// <param name="etag">The <c>ETag</c> exactly as received. Some servers omit the quotes.</param>
    /// <param name="date">
    /// The <c>Date</c> of the response. It is used to calculate the document's age, because the caller's clock may be wrong.
    /// </param>
    /// <returns>The document, or a failure.</returns>
    public static StatusReading Document(byte[] utf8Json, string? etag, DateTimeOffset? date)
    {
        ArgumentNullException.ThrowIfNull(utf8Json);
        return Document(new HttpAnswer { Code = HttpStatusCode.OK, Body = utf8Json, ETag = etag, Date = date });
    }

    /// <summary>Creates the outcome of a poll whose document has not changed since the <c>ETag</c> that was sent.</summary>
    /// <returns>The outcome.</returns>
    public static StatusReading Unchanged() => new(new HttpAnswer { Code = HttpStatusCode.NotModified });

    /// <summary>Creates the outcome of a poll that was refused permanently. The wait ends.</summary>
    /// <param name="reason">The reason. If it is unknown, use <see cref="OperationUnavailableReason.Forbidden"/>.</param>
    /// <param name="description">A description without credentials, such as <c>403 Forbidden (AccessDenied)</c>.</param>
    /// <param name="code">The HTTP status code, if there was a response.</param>
    /// <returns>The outcome.</returns>
    public static StatusReading Refused(OperationUnavailableReason reason, string description, HttpStatusCode? code = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(description);
        return new(new HttpAnswer { Code = code, Fault = description }) { Refusal = reason };
    }

    /// <summary>Creates the outcome of a poll that failed. The poller polls again after a back-off.</summary>
    /// <param name="description">A description without credentials, such as <c>no response within 00:00:30</c>.</param>
    /// <param name="code">The HTTP status code, if there was a response.</param>
    /// <param name="retryAfter">The minimum wait that the server requests.</param>
    /// <returns>The outcome.</returns>
    public static StatusReading Failed(string description, HttpStatusCode? code = null, TimeSpan? retryAfter = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(description);
        return new(new HttpAnswer { Code = code, RetryAfter = retryAfter }) { Fault = description };
    }

    internal static StatusReading Document(HttpAnswer answer) =>
        Utf8.IsValid(answer.Body) && OperationJson.TryRead(answer.Body, OperationJson.Status) is { } status
            ? new StatusReading(answer) { Status = status }
            : new StatusReading(answer) { Fault = "the body is not a status document" };
}
