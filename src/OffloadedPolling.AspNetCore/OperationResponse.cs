using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;

namespace OffloadedPolling.AspNetCore;

/// <summary>How the library's answers are written.</summary>
internal static class OperationResponse
{
    public const string ProblemContentType = "application/problem+json";

    /// <summary>A status URL is a credential: no cache may keep it, no page may pass it on.</summary>
    public static void KeepPrivate(HttpResponse response)
    {
        response.Headers.CacheControl = "no-store";
        response.Headers["Referrer-Policy"] = "no-referrer";
    }

    public static Task WriteJsonAsync<T>(HttpContext context, int status, T value, JsonTypeInfo<T> json, string contentType = "application/json")
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(value, json);
        context.Response.StatusCode = status;
        context.Response.ContentType = contentType;
        context.Response.ContentLength = body.Length;
        return context.Response.Body.WriteAsync(body, context.RequestAborted).AsTask();
    }
}
