using Microsoft.AspNetCore.Http;

namespace OffloadedPolling.IntegrationTests.Servers;

/// <summary>AWS responses for a proxy that replaces AWS: JSON for SQS, XML for S3.</summary>
internal static class AwsAnswers
{
    public static bool Is(HttpContext context, string operation) => context.Request.Headers["X-Amz-Target"] == $"AmazonSQS.{operation}";

    /// <summary>Cancels <paramref name="source"/> when SQS receives <paramref name="operation"/>, and never responds to it.</summary>
    public static Func<HttpContext, Task<bool>> CancelsDuring(string operation, CancellationTokenSource source) => async context =>
    {
        if (Is(context, operation))
        {
            await source.CancelAsync();
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        }

        return false;
    };

    /// <summary>
    /// Returns whether a request to S3 is for a status document, not for a duration profile or the conditional write probe.
    /// </summary>
    public static bool IsOfADocument(HttpContext context) => IsOfADocument(context.Request.Path.Value!);

    public static bool IsOfADocument(string path) =>
        path.Contains("/operations/", StringComparison.Ordinal) && path.EndsWith(".json", StringComparison.Ordinal);

    public static async Task<bool> JsonAsync(HttpContext context, string json, int status = 200)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/x-amz-json-1.0";
        await context.Response.WriteAsync(json);
        return true;
    }

    public static Task<bool> ErrorAsync(HttpContext context, string code, int status = 400, string message = "As told.") =>
        JsonAsync(context, $$"""{"__type":"com.amazonaws.sqs#{{code}}","message":"{{message}}"}""", status);

    public static async Task<bool> XmlErrorAsync(HttpContext context, string code, int status)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/xml";
        await context.Response.WriteAsync($"<?xml version=\"1.0\"?><Error><Code>{code}</Code><Message>As told.</Message></Error>");
        return true;
    }
}
