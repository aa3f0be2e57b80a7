using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace OffloadedPolling.AspNetCore;

/// <summary>What the library's endpoints answer, for OpenAPI: status codes, bodies and headers.</summary>
internal static class AnswerDescriptions
{
    private static readonly ResponseHeader _location = new(0, "Location", "The status URL: a credential to this one status.", Format: "uri");

    private static readonly ResponseHeader _operationLocation = _location with { Name = "Operation-Location", Description = "The same, by the name that some clients look for." };

    private static readonly ResponseHeader _lookAgain = new(0, "Retry-After", "When to look first, in seconds.", Type: "integer");

    private static readonly ResponseHeader _tryAgain = _lookAgain with { Description = "When to try again, in seconds." };

    private static readonly ResponseHeader _etag = new(0, "ETag", "The document's version.");

    // Whatever may hold a status URL, and all problems beside it.
    private static readonly ResponseHeader[] _kept = [
        new(0, "Cache-Control", "Always no-store."), new(0, "Referrer-Policy", "Always no-referrer: pages must not pass a status URL on.")];

    public static IReadOnlyList<object> Accepted { get; } = [
        .. Answer<AcceptedOperation>(StatusCodes.Status202Accepted, "The operation was accepted; its status is at the status URL.", [_location, _operationLocation, _lookAgain, .. _kept]),
        .. Problem(StatusCodes.Status400BadRequest, "The request is invalid, or the idempotency key has fewer than 16 characters.", []),
        .. Problem(StatusCodes.Status403Forbidden, "The request came over plain http."),
        .. Problem(StatusCodes.Status413PayloadTooLarge, "The request is larger than the queue takes."),
        .. Problem(StatusCodes.Status422UnprocessableEntity, "The idempotency key came before with another request."),
        .. Problem(StatusCodes.Status500InternalServerError, "What the service puts into the status does not fit."),
        .. Unavailable("The status store or the queue is down.")];

    public static IReadOnlyList<object> Url { get; } = [
        .. Answer<AcceptedOperation>(StatusCodes.Status200OK, "A fresh status URL.", _kept),
        .. Problem(StatusCodes.Status403Forbidden, "The request came over plain http."), .. Unknown(), .. Unavailable("The status store is down.")];

    public static IReadOnlyList<object> Redirect { get; } = [
        .. Answer(StatusCodes.Status303SeeOther, "To a fresh status URL.", [_location, .. _kept]),
        .. Problem(StatusCodes.Status403Forbidden, "The request came over plain http."), .. Unknown(), .. Unavailable("The status store is down.")];

    public static IReadOnlyList<object> Cancel { get; } = [
        .. Answer<OperationStatus>(StatusCodes.Status202Accepted, "The operation is canceled, or asked to be; its status as it is now.", _kept),
        .. Unknown(),
        .. Problem(StatusCodes.Status409Conflict, "The operation has succeeded or failed."),
        .. Unavailable("The status store is down.")];

    public static IReadOnlyList<object> Credentials { get; } = [
        .. Answer<StatusCredentials>(StatusCodes.Status200OK, "Temporary AWS credentials that read this one status.", _kept),
        .. Answer(StatusCodes.Status401Unauthorized, "The caller is not known.", []),
        .. Problem(StatusCodes.Status403Forbidden, "The request came over plain http, or the caller has no identifier.", []),
        .. Unknown(),
        .. Unavailable("The status store or the issuer of credentials is down.")];

    public static IReadOnlyList<object> Status { get; } = [
        .. Answer<OperationStatus>(StatusCodes.Status200OK, "The status.", [_etag, _kept[0]]),
        .. Answer(StatusCodes.Status304NotModified, "The status is still the version of If-None-Match.", [_etag, _kept[0]]),
        .. Problem(StatusCodes.Status403Forbidden, "The URL is not rightly signed, or has expired."),
        .. Problem(StatusCodes.Status404NotFound, "The status has been deleted."),
        .. Unavailable("The status store is down.")];

    public static TBuilder Answers<TBuilder>(this TBuilder endpoint, IEnumerable<object> answers)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata([.. answers]);

    private static IEnumerable<object> Unknown() => Problem(StatusCodes.Status404NotFound, "There is no such operation, or its status has expired.");

    private static IEnumerable<object> Unavailable(string description) => [
        .. Problem(StatusCodes.Status502BadGateway, "What is stored for the operation is no status."),
        .. Problem(StatusCodes.Status503ServiceUnavailable, description, [_tryAgain, .. _kept])];

    private static IEnumerable<object> Problem(int status, string description, ResponseHeader[]? headers = null) => [
        new ProducesResponseTypeMetadata(status, typeof(OperationProblem), [OperationResponse.ProblemContentType]) { Description = description },
        .. (headers ?? _kept).Select(header => header with { StatusCode = status })];

    private static IEnumerable<object> Answer<T>(int status, string description, ResponseHeader[] headers) => [
        new ProducesResponseTypeMetadata(status, typeof(T), ["application/json"]) { Description = description },
        .. headers.Select(header => header with { StatusCode = status })];

    private static IEnumerable<object> Answer(int status, string description, ResponseHeader[] headers) => [
        new ProducesResponseTypeMetadata(status, typeof(void)) { Description = description },
        .. headers.Select(header => header with { StatusCode = status })];
}
