using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace OffloadedPolling.Benchmarks.Cpu;

/// <summary>
/// Answers the requests to S3 and SQS immediately and stores nothing. It runs in a separate process, so that its CPU time is not measured.
/// It prints its address and stops at the end of its standard input.
/// </summary>
internal static class NullServer
{
    private const string Payload = """{"customer":"Ada","items":[{"sku":"book","quantity":1}]}""";

    private static readonly string _payloadHash = Md5(Payload);

    private static int _messagesLeft;

    public static async Task<int> RunAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        await using var app = builder.Build();
        app.MapPost("/messages/{count:int}", (int count) => { Interlocked.Exchange(ref _messagesLeft, count); });
        app.MapGet("/messages", () => Volatile.Read(ref _messagesLeft).ToString(CultureInfo.InvariantCulture));
        app.MapPost("/", AnswerSqsAsync);
        app.MapMethods("/{bucket}/{**key}", ["PUT"], PutAsync);
        app.MapGet("/{bucket}/{**key}", GetAsync);
        await app.StartAsync();
        Console.WriteLine(app.Urls.Single());
        await Console.In.ReadToEndAsync();
        return 0;
    }

    private static async Task PutAsync(HttpContext context)
    {
        await context.Request.Body.CopyToAsync(Stream.Null);
        context.Response.Headers.ETag = $"\"{RandomNumberGenerator.GetHexString(32, lowercase: true)}\"";
    }

    // Every document is NotStarted. There are no other objects.
    private static Task GetAsync(HttpContext context, string key)
    {
        if (!key.StartsWith("operations/", StringComparison.Ordinal) || !key.EndsWith(".json", StringComparison.Ordinal))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            context.Response.ContentType = "application/xml";
            return context.Response.WriteAsync("<Error><Code>NoSuchKey</Code><Message>None</Message></Error>");
        }

        var now = DateTimeOffset.UtcNow.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        var text =
            $$"""
            {"id":"{{key["operations/".Length..^".json".Length]}}","kind":"orders","status":"NotStarted","createdAt":"{{now}}",
            "lastUpdatedAt":"{{now}}","expiresAt":"2099-01-01T00:00:00.000Z"}
            """;
        var document = Encoding.UTF8.GetBytes(text);
        // The SDK compares the ETag with the content.
        context.Response.Headers.ETag = $"\"{Md5(text)}\"";
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = document.Length;
        return context.Response.Body.WriteAsync(document).AsTask();
    }

    private static async Task AnswerSqsAsync(HttpContext context)
    {
        var request = (await JsonNode.ParseAsync(context.Request.Body))!.AsObject();
        var answer = context.Request.Headers["X-Amz-Target"].ToString() switch
        {
            "AmazonSQS.SendMessage" =>
                new JsonObject { ["MessageId"] = Guid.NewGuid().ToString(), ["MD5OfMessageBody"] = Md5((string)request["MessageBody"]!) },
            "AmazonSQS.GetQueueAttributes" => new JsonObject
            {
                ["Attributes"] = new JsonObject
                {
                    ["ApproximateNumberOfMessages"] = "0", ["ApproximateNumberOfMessagesNotVisible"] = "0",
                    ["MaximumMessageSize"] = "1048576",
                    ["MessageRetentionPeriod"] = "3600", ["VisibilityTimeout"] = "30",
                    ["QueueArn"] = "arn:aws:sqs:eu-west-1:000000000000:orders",
                },
            },
            "AmazonSQS.ReceiveMessage" => await ReceiveAsync((int)request["MaxNumberOfMessages"]!, context.RequestAborted),
            "AmazonSQS.DeleteMessageBatch" => new JsonObject
            {
                ["Successful"] = new JsonArray(
                    [.. request["Entries"]!.AsArray().Select(entry => new JsonObject { ["Id"] = (string)entry!["Id"]! })]),
                ["Failed"] = new JsonArray(),
            },
            _ => new JsonObject(),
        };
        context.Response.ContentType = "application/x-amz-json-1.0";
        await context.Response.WriteAsync(answer.ToJsonString());
    }

    private static async Task<JsonObject> ReceiveAsync(int most, CancellationToken cancellationToken)
    {
        var left = Interlocked.Add(ref _messagesLeft, -most) + most;
        if (left <= 0)
        {
            Interlocked.Add(ref _messagesLeft, most);
            await Task.Delay(TimeSpan.FromMilliseconds(200), cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return [];
        }

        return new JsonObject { ["Messages"] = new JsonArray([.. Enumerable.Range(0, Math.Min(left, most)).Select(_ => Message())]) };
    }

    private static JsonObject Message()
    {
        var id = Guid.NewGuid().ToString("n");
        return new JsonObject
        {
            ["MessageId"] = id,
            ["ReceiptHandle"] = id,
            ["Body"] = Payload,
            ["MD5OfBody"] = _payloadHash,
            ["Attributes"] = new JsonObject { ["ApproximateReceiveCount"] = "1" },
            ["MessageAttributes"] = new JsonObject
            {
                ["StatusKey"] = new JsonObject { ["DataType"] = "String", ["StringValue"] = $"operations/{id}.json" },
            },
        };
    }

    [SuppressMessage("Security", "CA5351", Justification = "SQS uses MD5 as its checksum.")]
    private static string Md5(string text) => Convert.ToHexStringLower(MD5.HashData(Encoding.UTF8.GetBytes(text)));
}
