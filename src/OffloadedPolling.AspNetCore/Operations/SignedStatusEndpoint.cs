using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;

namespace OffloadedPolling.AspNetCore;

/// <summary>
/// Serves status documents as S3 does: 200 with an ETag, or 304; 403 for a URL that is expired or not correctly signed; 404 for a valid URL
/// whose document does not exist. Any origin is allowed, because the signature is the credential and cookies are not used.
/// </summary>
internal sealed class SignedStatusEndpoint(ISignedStatusRoute route)
{
    private static readonly OperationProblem _invalid = new()
    {
        Status = StatusCodes.Status403Forbidden,
        Title = "The status URL is not valid",
        Detail = "Its signature is missing or incorrect. Use status URLs exactly as you received them.",
    };

    private static readonly OperationProblem _expired = new()
    {
        Type = "urn:offloaded-polling:problem:status-url-expired",
        Status = StatusCodes.Status403Forbidden,
        Title = "The status URL has expired",
        Detail = "To get a new one, send GET to the operation URL with /url appended.",
    };

    private static readonly OperationProblem _missing = new()
    {
        Status = StatusCodes.Status404NotFound,
        Title = "The status no longer exists",
        Detail = "The status of the operation has expired or was deleted.",
    };

    public static void Map(IEndpointRouteBuilder group, ISignedStatusRoute route)
    {
        const string Pattern = "/{id}/status";
        var endpoint = new SignedStatusEndpoint(route);
        route.MapTo(new StatusRouteAddress(group.ServiceProvider));
        group.MapGet(Pattern, (string id, HttpContext context) => endpoint.ServeAsync(id, context))
            .AllowAnonymous()
            .WithName(StatusRouteAddress.EndpointName)
            .WithSummary("Gets the status of an operation. Status URLs lead here.")
            .DescribeResponses(ResponseDescriptions.Status);
        group.MapMethods(Pattern, [HttpMethods.Options], AnswerPreflight).AllowAnonymous().ExcludeFromDescription();
    }

    private async Task ServeAsync(string id, HttpContext context)
    {
        AllowAnyOrigin(context.Response.Headers);
        var validity = route.Check(id, context.Request.QueryString.Value ?? "");
        if (validity != StatusUrlValidity.Valid)
        {
            await FailureProblem.WriteAsync(context, validity == StatusUrlValidity.Expired ? _expired : _invalid).ConfigureAwait(false);
            return;
        }

        ServedStatusDocument? document;
        try
        {
            document = await route.ReadAsync(id, context.RequestAborted).ConfigureAwait(false);
        }
        catch (OffloadedPollingException unread) when (FailureProblem.IsKnown(unread))
        {
            await FailureProblem.WriteAsync(context, unread).ConfigureAwait(false);
            return;
        }

        await (document is null ? FailureProblem.WriteAsync(context, _missing) : WriteAsync(context, document)).ConfigureAwait(false);
    }

    private static Task WriteAsync(HttpContext context, ServedStatusDocument document)
    {
        var response = context.Response;
        var etag = $"\"{document.Version}\"";
        response.Headers.ETag = etag;
        response.Headers.CacheControl = StatusDocument.CacheControl;
        if (IsKnown(context.Request, etag))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return Task.CompletedTask;
        }

        response.ContentType = StatusDocument.ContentType;
        response.ContentLength = document.Utf8Json.Length;
        return response.Body.WriteAsync(document.Utf8Json, context.RequestAborted).AsTask();
    }

    private static bool IsKnown(HttpRequest request, string etag) =>
        request.Headers.IfNoneMatch.Count > 0
        && EntityTagHeaderValue.TryParseList(request.Headers.IfNoneMatch, out var known)
        && known.Any(tag => tag.Tag == "*" || tag.Tag == etag);

    // A browser sends a preflight request if the caller sends If-None-Match or traceparent.
    private static Task AnswerPreflight(HttpContext context)
    {
        var headers = context.Response.Headers;
        AllowAnyOrigin(headers);
        headers.AccessControlAllowMethods = HttpMethods.Get;
        headers.AccessControlAllowHeaders = "*";
        headers.AccessControlMaxAge = "3600";
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }

    private static void AllowAnyOrigin(IHeaderDictionary headers)
    {
        headers.AccessControlAllowOrigin = "*";
        headers.AccessControlExposeHeaders = "ETag, Date";
    }
}
