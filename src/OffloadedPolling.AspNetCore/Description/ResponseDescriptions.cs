using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace OffloadedPolling.AspNetCore;

/// <summary>The responses of the library's endpoints, for OpenAPI: status codes, bodies and headers.</summary>
internal static class ResponseDescriptions
{
    private const string Http = "The request was sent over plain HTTP. Use HTTPS.";

    private const string Down = "The service is temporarily unavailable. Retry later.";

    private static readonly ResponseHeader _location =
        new(0, "Location", "The status URL. It is a credential: anyone who has it can read the status.", Format: "uri");

    private static readonly ResponseHeader _operationLocation =
        new(0, "Operation-Location", "The same URL as in Location, under the name that some clients expect.", Format: "uri");

    private static readonly ResponseHeader _pollAfter = new(0, "Retry-After", "When to poll first, in seconds.", Type: "integer");

    private static readonly ResponseHeader _retryLater = _pollAfter with { Description = "When to retry, in seconds." };

    private static readonly ResponseHeader _etag = new(0, "ETag", "The version of the status, for If-None-Match.");

    // For all responses that may contain a status URL, and for problems.
    private static readonly ResponseHeader[] _kept = [
        new(0, "Cache-Control", "Always no-store: the response must not be cached."),
        new(
            0,
            "Referrer-Policy",
            "Always no-referrer, so that a browser does not send the status URL to other sites as the referrer.")];

    public static IReadOnlyList<object> Accepted { get; } = [
        .. Response<AcceptedOperation>(
            StatusCodes.Status202Accepted,
            "The operation was accepted. Poll the status URL.",
            [_location, _operationLocation, _pollAfter, .. _kept]),
        .. Problem(StatusCodes.Status400BadRequest, "The request is invalid, or the idempotency key has fewer than 16 characters.", []),
        .. Problem(StatusCodes.Status403Forbidden, Http),
        .. Problem(StatusCodes.Status413PayloadTooLarge, "The request is too large."),
        .. Problem(StatusCodes.Status422UnprocessableEntity, "The idempotency key was already used for another request."),
        .. Problem(StatusCodes.Status500InternalServerError, "The operation could not be accepted because of an error in this service."),
        .. Unavailable()];

    public static IReadOnlyList<object> Url { get; } = [
        .. Response<AcceptedOperation>(StatusCodes.Status200OK, "A new status URL.", _kept),
        .. Problem(StatusCodes.Status403Forbidden, Http), .. Unknown(), .. Unavailable()];

    public static IReadOnlyList<object> Redirect { get; } = [
        .. Response(StatusCodes.Status303SeeOther, "A redirect to a new status URL.", [_location, .. _kept]),
        .. Problem(StatusCodes.Status403Forbidden, Http), .. Unknown(), .. Unavailable()];

    public static IReadOnlyList<object> Cancel { get; } = [
        .. Response<OperationStatus>(
            StatusCodes.Status202Accepted,
            "The operation is canceled, or its cancellation was requested. The body is its current status.",
            _kept),
        .. Unknown(),
        .. Problem(StatusCodes.Status409Conflict, "The operation has already succeeded or failed."),
        .. Unavailable()];

    public static IReadOnlyList<object> Credentials { get; } = [
        .. Response<StatusCredentials>(
            StatusCodes.Status200OK, "Temporary AWS credentials that can read the status of this operation.", _kept),
        .. Response(StatusCodes.Status401Unauthorized, "The caller is not authenticated.", []),
        .. Problem(StatusCodes.Status403Forbidden, "The request was sent over plain HTTP, or the caller has no identifier.", []),
        .. Unknown(),
        .. Unavailable()];

    public static IReadOnlyList<object> Status { get; } = [
        .. Response<OperationStatus>(StatusCodes.Status200OK, "The status of the operation.", [_etag, _kept[0]]),
        .. Response(StatusCodes.Status304NotModified, "The status has not changed since the version in If-None-Match.", [_etag, _kept[0]]),
        .. Problem(StatusCodes.Status403Forbidden, "The URL has expired, or its signature is invalid."),
        .. Problem(StatusCodes.Status404NotFound, "The status was deleted."),
        .. Unavailable()];

    public static TBuilder DescribeResponses<TBuilder>(this TBuilder endpoint, IEnumerable<object> responses)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata([.. responses]);

    private static IEnumerable<object> Unknown() =>
        Problem(StatusCodes.Status404NotFound, "The operation does not exist, or its status was deleted.");

    private static IEnumerable<object> Unavailable() => [
        .. Problem(StatusCodes.Status502BadGateway, "The stored status cannot be read."),
        .. Problem(StatusCodes.Status503ServiceUnavailable, Down, [_retryLater, .. _kept])];

    private static IEnumerable<object> Problem(int status, string description, ResponseHeader[]? headers = null) => [
        new ProducesResponseTypeMetadata(
            status, typeof(OperationProblem), [OperationResponse.ProblemContentType]) { Description = description },
        .. (headers ?? _kept).Select(header => header with { StatusCode = status })];

    private static IEnumerable<object> Response<T>(int status, string description, ResponseHeader[] headers) => [
        new ProducesResponseTypeMetadata(status, typeof(T), ["application/json"]) { Description = description },
        .. headers.Select(header => header with { StatusCode = status })];

    private static IEnumerable<object> Response(int status, string description, ResponseHeader[] headers) => [
        new ProducesResponseTypeMetadata(status, typeof(void)) { Description = description },
        .. headers.Select(header => header with { StatusCode = status })];
}
