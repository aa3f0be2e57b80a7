using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.OutputCaching;

namespace OffloadedPolling.AspNetCore;

/// <summary>Writes the library's responses.</summary>
internal static class OperationResponse
{
    public const string ProblemContentType = "application/problem+json";

    /// <summary>Gets endpoint metadata for the host's output cache, which ignores <c>Cache-Control</c> in responses.</summary>
    public static OutputCacheAttribute NeverCached { get; } = new() { NoStore = true };

    /// <summary>Prevents caching and referrers, because a status URL is a credential.</summary>
    public static void KeepPrivate(HttpResponse response)
    {
        // Endpoints that return a plain IResult do not have the metadata.
        response.HttpContext.Features.Get<IOutputCacheFeature>()?.Context.AllowCacheStorage = false;
        response.Headers.CacheControl = "no-store";
        response.Headers["Referrer-Policy"] = "no-referrer";
    }

    public static Task WriteJsonAsync<T>(
        HttpContext context, int status, T value, JsonTypeInfo<T> json, string contentType = "application/json")
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(value, json);
        context.Response.StatusCode = status;
        context.Response.ContentType = contentType;
        context.Response.ContentLength = body.Length;
        return context.Response.Body.WriteAsync(body, context.RequestAborted).AsTask();
    }
}
