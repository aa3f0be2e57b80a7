using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Amazon.SQS;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;
using OffloadedPolling.IntegrationTests.Servers;
using OffloadedPolling.Sqs;

namespace OffloadedPolling.IntegrationTests.Sqs;

/// <summary>Tests a receive in which one of ten messages does not match its checksum.</summary>
public sealed class CorruptMessageTests : IAsyncLifetime
{
    private const string Altered = "Bob";

    private static readonly TimeSpan _timeout = TimeSpan.FromSeconds(60);

    private readonly HttpClient _upstream = new() { BaseAddress = TestServers.Sqs };

    private readonly ConcurrentQueue<int> _asked = new();

    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);

    private RecordingProxy _sqs = null!;

    public async ValueTask InitializeAsync()
    {
        _sqs = await RecordingProxy.StartAsync(TestServers.Sqs);
        _sqs.Intercept = async context => AwsAnswers.Is(context, "ReceiveMessage") && await ReceiveAsync(context);
    }

    public async ValueTask DisposeAsync()
    {
        await _sqs.DisposeAsync();
        _upstream.Dispose();
    }

    [Fact]
    public async Task ReceiveAsync_OneMessageIsCorrupt_ReturnsOthers()
    {
        await using var host = await TestHost.CreateAsync(sqs: _sqs.Address, build: UseLibraryClient);
        await SendTenAsync(host);

        var received = await host.Queue.ReceiveAsync("parcels", 10, default);

        received.Should().HaveCount(9).And.NotContain(message => message.Body.Contains(Altered));
        host.Log.Entries.Should().ContainSingle(entry => entry.Id == 306).Which.Text.Should().Contain("checksum").And.NotContain(Altered);
        _sqs.Requests.Should().NotContain(request =>
            request.Target == "AmazonSQS.ChangeMessageVisibilityBatch" || request.Target == "AmazonSQS.DeleteMessageBatch");
    }

    [Fact]
    public async Task ReceiveAsync_AttributeIsCorrupt_SkipsMessage()
    {
        await using var host = await TestHost.CreateAsync(sqs: _sqs.Address, build: UseLibraryClient);
        await host.Queue.SendAsync("parcels", new OutgoingMessage { Body = "{}", StatusKey = Altered }, default);
        await host.Queue.SendAsync("parcels", new OutgoingMessage { Body = "{}", StatusKey = "Ada" }, default);

        var received = new List<ReceivedMessage>();
        await Eventually.TrueAsync(
            async () =>
            {
                received.AddRange(await host.Queue.ReceiveAsync("parcels", 10, default));
                return received.Count > 0;
            },
            _timeout, () => "no message was received");

        received.Should().ContainSingle().Which.StatusKey.Should().Be("Ada");
    }

    [Fact]
    public async Task Worker_OneMessageIsCorrupt_CompletesOthersInFirstAttempt()
    {
        var script = new HandlerScript();
        await using var host = await TestHost.CreateAsync(sqs: _sqs.Address, build: builder =>
        {
            UseLibraryClient(builder);
            builder.Services.AddSingleton(script);
            builder.AddHandler<Parcel, ParcelHandler>();
        });
        foreach (var number in Enumerable.Range(0, 10))
        {
            await host.Operations.AcceptAsync(new Parcel(number == 5 ? Altered : $"Ada {number}"));
        }

        var hosted = host.Services.GetServices<IHostedService>().ToList();
        foreach (var service in hosted)
        {
            await service.StartAsync(default);
        }

        await Eventually.TrueAsync(() => script.Delivered.Count == 9, _timeout, () => $"{script.Delivered.Count} of 9 were delivered");
        foreach (var service in hosted)
        {
            await service.StopAsync(default);
        }

        host.Log.Entries.Where(entry => entry.Id == 420).Should().HaveCount(9)
            .And.OnlyContain(entry => entry.Text.Contains("after 1 attempt"));
        host.Log.Entries.Should().NotContain(entry => entry.Id == 302);
    }

    [Fact]
    public async Task ReceiveAsync_ClientRejectsBatch_ReceivesOneAtATime()
    {
        var visibility = TimeSpan.FromSeconds(1);
        await using var host = await TestHost.CreateAsync(sqs: _sqs.Address, time: _time, operation: kind =>
            kind.VisibilityTimeout = visibility);
        await SendTenAsync(host);

        var failed = (await host.Queue.Invoking(queue => queue.ReceiveAsync("parcels", 10, default))
            .Should().ThrowAsync<OperationQueueException>()).Which;

        failed.Message.Should().ContainAll("checksum", "altered", host.QueueUrl).And.NotContain("could not be reached");
        _asked.Should().Equal(10);
        var good = new HashSet<string>();
        await Eventually.TrueAsync(
            async () =>
            {
                good.UnionWith(await ReceiveGoodAsync(host));
                return good.Count == 9;
            },
            _timeout, () => $"{good.Count} of 9 were received");
        _asked.Skip(1).Should().OnlyContain(asked => asked == 1);

        _time.Advance(2 * visibility);
        await ReceiveGoodAsync(host);
        _asked.Last().Should().Be(10);
    }

    [Fact]
    public async Task SendAsync_ChecksumDiffers_Throws()
    {
        await using var host = await TestHost.CreateAsync(sqs: _sqs.Address);
        _sqs.Intercept = async context => AwsAnswers.Is(context, "SendMessage")
            && await AwsAnswers.JsonAsync(context, """{"MessageId":"m1","MD5OfMessageBody":"d41d8cd98f00b204e9800998ecf8427e"}""");

        var failed = (await host.Queue.Invoking(queue =>
            queue.SendAsync("parcels", new OutgoingMessage { Body = "{}", StatusKey = "x" }, default))
            .Should().ThrowAsync<OperationQueueException>()).Which;

        failed.Message.Should().Contain("checksum").And.NotContain("could not be reached");
    }

    private void UseLibraryClient(IOffloadedPollingBuilder builder) =>
        builder.Services.AddSingleton<IAmazonSQS>(_ => new SqsClient(new AmazonSQSConfig
        {
            ServiceURL = _sqs.Address.ToString(),
            AuthenticationRegion = TestServers.Region,
            DefaultAWSCredentials = TestServers.Credentials,
        }));

    private static async Task SendTenAsync(TestHost host)
    {
        foreach (var number in Enumerable.Range(0, 10))
        {
            await host.Queue.SendAsync(
                "parcels", new OutgoingMessage { Body = number == 5 ? Altered : $"{number}", StatusKey = "x" }, default);
        }
    }

    private static async Task<IEnumerable<string>> ReceiveGoodAsync(TestHost host)
    {
        try
        {
            return (await host.Queue.ReceiveAsync("parcels", 10, default)).Select(message => message.Body);
        }
        catch (OperationQueueException)
        {
            return [];
        }
    }

    // Returns the emulator's response, but changes the name in one message.
    private async Task<bool> ReceiveAsync(HttpContext context)
    {
        var body = (await JsonNode.ParseAsync(context.Request.Body))!;
        _asked.Enqueue((int)body["MaxNumberOfMessages"]!);
        using var request = new HttpRequestMessage(
            HttpMethod.Post, "/") { Content = new StringContent(body.ToJsonString(), null, "application/x-amz-json-1.0") };
        request.Headers.Add("X-Amz-Target", "AmazonSQS.ReceiveMessage");
        request.Headers.TryAddWithoutValidation("Authorization", context.Request.Headers.Authorization.ToString());
        using var response = await _upstream.SendAsync(request, context.RequestAborted);
        var answer = await response.Content.ReadAsStringAsync();
        return await AwsAnswers.JsonAsync(context, answer.Replace(Altered, "Eve", StringComparison.Ordinal), (int)response.StatusCode);
    }
}
