using System.Net;
using System.Text.Json;

namespace Orders.Lambda;

/// <summary>
/// Requests invocations from Lambda and returns the responses, like Amazon.Lambda.RuntimeSupport but without a package.
/// </summary>
/// <remarks>https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html</remarks>
internal static class RuntimeLoop
{
    private const string ErrorType = "Lambda-Runtime-Function-Error-Type";

    private const string TraceId = "_X_AMZN_TRACE_ID";

    public static async Task<int> RunAsync(string handler, Func<string, Func<Stream, Task<Stream>>> create)
    {
        if (Environment.GetEnvironmentVariable("AWS_LAMBDA_RUNTIME_API") is not { Length: > 0 } api)
        {
            await Console.Error.WriteLineAsync(
                "AWS_LAMBDA_RUNTIME_API is not set, because AWS Lambda did not start this program. Deploy it as README.md describes.");
            return 1;
        }

        // The runtime API is on this machine, so a proxy must not be used. The next invocation can take any time to arrive.
        using var direct = new SocketsHttpHandler { UseProxy = false };
        var address = new Uri($"http://{api}/2018-06-01/runtime/");
        using var http = new HttpClient(direct) { BaseAddress = address, Timeout = Timeout.InfiniteTimeSpan };
        Func<Stream, Task<Stream>> function;
        try
        {
            function = create(handler);
        }
        catch (Exception failed)
        {
            await Console.Error.WriteLineAsync(failed.ToString());
            await ReportAsync(http, "init/error", failed);
            return 1;
        }

        while (true)
        {
            await ServeNextAsync(http, function);
        }
    }

    private static async Task ServeNextAsync(HttpClient http, Func<Stream, Task<Stream>> function)
    {
        using var next = await http.GetAsync("invocation/next", HttpCompletionOption.ResponseHeadersRead);
        next.EnsureSuccessStatusCode();
        var requestId = next.Headers.GetValues("Lambda-Runtime-Aws-Request-Id").Single();
        Environment.SetEnvironmentVariable(TraceId, next.Headers.TryGetValues("Lambda-Runtime-Trace-Id", out var traceId)
            ? traceId.Single()
            : null);
        await using var input = await next.Content.ReadAsStreamAsync();
        Stream answer;
        try
        {
            answer = await function(input);
        }
        catch (Exception failed)
        {
            await Console.Error.WriteLineAsync(failed.ToString());
            await ReportAsync(http, $"invocation/{requestId}/error", failed);
            return;
        }

        using var content = new StreamContent(answer);
        using var taken = await http.PostAsync($"invocation/{requestId}/response", content);
        if (taken.StatusCode == HttpStatusCode.RequestEntityTooLarge)
        {
            await ReportAsync(http, $"invocation/{requestId}/error", new InvalidOperationException(
                "The function's response is larger than Lambda's limit of 6 MB."));
            return;
        }

        // After any other error, this process is not usable. Lambda starts another.
        taken.EnsureSuccessStatusCode();
    }

    private static async Task ReportAsync(HttpClient http, string path, Exception failed)
    {
        using var body = new MemoryStream();
        using (var json = new Utf8JsonWriter(body))
        {
            json.WriteStartObject();
            json.WriteString("errorType", failed.GetType().Name);
            json.WriteString("errorMessage", failed.Message);
            json.WriteEndObject();
        }

        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(body.ToArray()) };
        request.Headers.Add(ErrorType, failed.GetType().Name);
        using var taken = await http.SendAsync(request);
        taken.EnsureSuccessStatusCode();
    }
}
