using System.Text.Json.Nodes;
using Amazon.SQS;
using Amazon.SQS.Internal;
using Microsoft.Extensions.DependencyInjection;
using OffloadedPolling.IntegrationTests.Servers;

namespace OffloadedPolling.IntegrationTests.Sqs;

/// <summary>Tests how a receive handles messages that the emulator never returns.</summary>
public sealed class SqsReceiveTests : IAsyncLifetime
{
    private RecordingProxy _sqs = null!;

    private TestHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        var deadLetters = await TestServers.NewQueueAsync();
        _sqs = await RecordingProxy.StartAsync(TestServers.Sqs);
        _host = await TestHost.CreateAsync(sqs: _sqs.Address, operation: kind => kind.DeadLetterQueueUrl = deadLetters);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _sqs.DisposeAsync();
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("many")]
    [InlineData("0")]
    [InlineData("-1")]
    public async Task ReceiveAsync_InvalidReceiveCount_SkipsMessage(string? count)
    {
        Answer(Message("m1", count: "1"), Message("m2", count), Message("m3", count: "3"));

        var received = await _host.Queue.ReceiveAsync("parcels", 10, default);

        received.Select(message => (message.Id, message.ReceiveCount)).Should().Equal(("m1", 1), ("m3", 3));
        SkipWarnings().Should().ContainSingle().Which.Should().ContainAll("m2", "parcels", "ApproximateReceiveCount");
        _sqs.Requests.Should().NotContain(request =>
            request.Target == "AmazonSQS.DeleteMessageBatch" || request.Target == "AmazonSQS.ChangeMessageVisibilityBatch");
    }

    [Fact]
    public async Task ReceiveAsync_DeadLetterWithoutReceiveCount_IsSkipped()
    {
        Answer(Message("m1", count: null), Message("m2", count: "4"));

        var received = await _host.Services.GetRequiredService<IDeadLetterQueue>().ReceiveAsync("parcels", default);

        received.Should().ContainSingle().Which.Id.Should().Be("m2");
        SkipWarnings().Should().ContainSingle().Which.Should().Contain("m1");
    }

    [Theory]
    [InlineData("yesterday")]
    [InlineData("")]
    [InlineData(null)]
    public async Task ReceiveAsync_InvalidStatusCreatedAt_SkipsMessage(string? createdAt)
    {
        Answer(Message("m1", "1", createdAt), Message("m2", "1", "2026-11-23T10:00:00.120Z"), Message("m3", "1"));

        var received = await _host.Queue.ReceiveAsync("parcels", 10, default);

        received.Select(message => message.Id).Should().Equal("m2", "m3");
        SkipWarnings().Should().ContainSingle().Which.Should().ContainAll("m1", "StatusCreatedAt").And.NotContain("yesterday");
    }

    [Theory]
    [InlineData(120, 20)]
    [InlineData(30, 20)]
    [InlineData(25, 15)]
    [InlineData(15, 7)]
    [InlineData(1, 1)]
    public async Task ReceiveAsync_ClientTimeout_LimitsWaitTime(int timeout, int wait)
    {
        await using var host = await TestHost.CreateAsync(build: builder => WithTimeout(builder, TimeSpan.FromSeconds(timeout)));
        var asked = new TaskCompletionSource<int>();
        _sqs.Intercept = async context =>
        {
            if (AwsAnswers.Is(context, "ReceiveMessage"))
            {
                asked.TrySetResult((int)(await JsonNode.ParseAsync(context.Request.Body))!["WaitTimeSeconds"]!);
            }

            return await AwsAnswers.JsonAsync(context, "{}");
        };

        await host.Queue.ReceiveAsync("parcels", 10, default);

        (await asked.Task).Should().Be(wait);
    }

    private IEnumerable<string> SkipWarnings() => _host.Log.Entries.Where(entry => entry.Id == 305).Select(entry => entry.Text);

    private void WithTimeout(IOffloadedPollingBuilder builder, TimeSpan timeout) =>
        builder.Services.AddSingleton<IAmazonSQS>(_ => new AmazonSQSClient(
            TestServers.Credentials,
            new AmazonSQSConfig { ServiceURL = _sqs.Address.ToString(), AuthenticationRegion = TestServers.Region, Timeout = timeout }));

    private void Answer(params JsonNode[] messages) => _sqs.Intercept = async context =>
        AwsAnswers.Is(context, "ReceiveMessage")
        && await AwsAnswers.JsonAsync(context, new JsonObject { ["Messages"] = new JsonArray(messages) }.ToJsonString());

    private static JsonObject Message(string id, string? count) => new()
    {
        ["MessageId"] = id,
        ["ReceiptHandle"] = id,
        ["Body"] = "{}",
        ["MD5OfBody"] = ValidationResponseHandler.CalculateMD5("{}"),
        ["Attributes"] = count is null ? [] : new JsonObject { ["ApproximateReceiveCount"] = count },
    };

    // Without a text, the attribute is binary.
    private static JsonObject Message(string id, string? count, string? createdAt)
    {
        var message = Message(id, count);
        message["MessageAttributes"] = new JsonObject
        {
            ["StatusCreatedAt"] = createdAt is null
                ? new JsonObject { ["DataType"] = "Binary", ["BinaryValue"] = "AAAA" }
                : new JsonObject { ["DataType"] = "String", ["StringValue"] = createdAt },
        };
        return message;
    }
}
