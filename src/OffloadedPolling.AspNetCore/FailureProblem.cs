using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace OffloadedPolling.AspNetCore;

/// <summary>
/// Turns the library's exceptions into problems for callers, without details of the host. The exception with its advice goes to the log.
/// </summary>
internal static class FailureProblem
{
    // An outage of the store or the queue is rarely shorter.
    private static readonly TimeSpan _retryAfter = TimeSpan.FromSeconds(5);

    public static OperationProblem UnknownOperation { get; } = new()
    {
        Status = StatusCodes.Status404NotFound,
        Title = "The operation does not exist",
        Detail = "The ID is wrong, or the status has expired.",
    };

    /// <summary>Returns whether a failure gets a problem. Other failures are left to the host's exception handling.</summary>
    public static bool IsKnown(OffloadedPollingException failure) =>
        StatusOf(failure) != StatusCodes.Status500InternalServerError || IsUnfitDocument(failure);

    public static int StatusOf(OffloadedPollingException failure) => failure switch
    {
        InvalidIdempotencyKeyException or InvalidPayloadException => StatusCodes.Status400BadRequest,
        PayloadTooLargeException => StatusCodes.Status413PayloadTooLarge,
        IdempotencyConflictException => StatusCodes.Status422UnprocessableEntity,
        OperationStatusConflictException or OperationStoreException or OperationQueueException or StatusUrlException =>
            StatusCodes.Status503ServiceUnavailable,
        InvalidStatusDocumentException => StatusCodes.Status502BadGateway,
        _ => StatusCodes.Status500InternalServerError,
    };

    public static Task WriteAsync(HttpContext context, OffloadedPollingException failure) => WriteAsync(
        context, failure, new OperationProblem { Status = StatusOf(failure), Title = TitleOf(failure), Detail = DetailOf(failure) });

    /// <summary>Writes a problem, and logs the details that are not for the caller.</summary>
    public static Task WriteAsync(HttpContext context, OffloadedPollingException failure, OperationProblem problem)
    {
        var status = problem.Status!.Value;
        if (status >= StatusCodes.Status500InternalServerError)
        {
            var logger = context.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(FailureProblem).FullName!);
            Log.RequestFailed(logger, context.Request.Method, context.Request.Path, status, failure);
        }

        if (status == StatusCodes.Status503ServiceUnavailable)
        {
            context.Response.Headers.RetryAfter = _retryAfter.TotalSeconds.ToString(CultureInfo.InvariantCulture);
        }

        return WriteAsync(context, problem);
    }

    public static Task WriteAsync(HttpContext context, OperationProblem problem)
    {
        OperationResponse.KeepPrivate(context.Response);
        return OperationResponse.WriteJsonAsync(
            context, problem.Status!.Value, problem, OperationJson.Problem, OperationResponse.ProblemContentType);
    }

    // The host's error: the data that it puts into the document is too large or cannot be serialized.
    private static bool IsUnfitDocument(OffloadedPollingException failure) =>
        failure is StatusDocumentTooLargeException or StatusDocumentNotSerializableException;

    private static string TitleOf(OffloadedPollingException failure) => failure switch
    {
        InvalidIdempotencyKeyException => "The idempotency key is too short",
        InvalidPayloadException => "The request contains characters that are not allowed",
        PayloadTooLargeException => "The request is too large",
        IdempotencyConflictException => "The idempotency key was used for another request",
        InvalidStatusDocumentException => "The operation's status cannot be read",
        _ when IsUnfitDocument(failure) => "The operation could not be accepted",
        _ => "Operations are temporarily unavailable",
    };

    private static string DetailOf(OffloadedPollingException failure) => failure switch
    {
        PayloadTooLargeException tooLarge => string.Create(
            CultureInfo.InvariantCulture,
            $"As a queue message, it has {tooLarge.Size} bytes; the maximum is {tooLarge.Limit} bytes. Send less data."),
        InvalidPayloadException =>
            "It contains control characters or incomplete Unicode characters. Remove them and retry.",
        InvalidIdempotencyKeyException tooShort => string.Create(
            CultureInfo.InvariantCulture,
            $"It has {tooShort.Length} characters; at least {InvalidIdempotencyKeyException.MinLength} are required. Use a UUID."),
        IdempotencyConflictException => "The same key was sent before with another payload. Use a new key for a new request.",
        OperationQueueException => "The work could not be queued. Retry later.",
        StatusUrlException => "The status URL could not be created. Retry later.",
        InvalidStatusDocumentException => "The stored data is not a valid status document.",
        _ when IsUnfitDocument(failure) => "Retrying does not help until the service is fixed.",
        _ => "The status of operations could not be read or written. Retry later.",
    };
}
