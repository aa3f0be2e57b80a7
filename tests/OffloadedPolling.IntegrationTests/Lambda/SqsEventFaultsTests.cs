using System.Diagnostics;
using System.Text;
using Amazon.SQS;
using Amazon.SQS.Model;
using Microsoft.Extensions.DependencyInjection;
using OffloadedPolling.IntegrationTests.Servers;

namespace OffloadedPolling.IntegrationTests.Lambda;

/// <summary>
/// Events while S3 hangs or fails, while a handler's callback blocks, and with a message of an earlier document.
/// </summary>
public sealed class SqsEventFaultsTests : IAsyncLifetime
{
    private readonly HandlerScript _script = new();

    private readonly BlockedCallbacks _callbacks = new();

    private readonly AmazonSQSClient _sqs = TestServers.NewSqsClient();

    private RecordingProxy _s3 = null!;

    private TestHost _accepting = null!, _function = null!;

    private SqsEvents _queue = null!;

    public async ValueTask InitializeAsync()
    {
        _s3 = await RecordingProxy.StartAsync(TestServers.S3);
        _accepting = await TestHost.CreateAsync();
        _queue = new SqsEvents(_sqs, _accepting.QueueUrl);
        _function = await TestHost.CreateAsync(
            _s3.Address, bucket: _accepting.Bucket, queueUrl: _accepting.QueueUrl, operation: kind => kind.MaxConcurrency = 2,
            build: builder =>
            {
                builder.Services.AddSingleton(_script);
                builder.Services.AddSingleton(_callbacks);
                builder.WithSqsEvents().AddHandler<Parcel, BlockingParcelHandler>();
            });
    }

    public async ValueTask DisposeAsync()
    {
        _callbacks.Release();
        await _function.DisposeAsync();
        await _accepting.DisposeAsync();
        await _s3.DisposeAsync();
        _sqs.Dispose();
    }

    [Fact]
    public async Task ProcessAsync_StoreFails_ThrowsEarlyAndSkipsMessages()
    {
        var accepted = await AcceptAsync("Ada", "Bob", "Cleo", "Dora", "Emil", "Finn");
        var messages = await ReceiveAsync(6);
        _s3.Intercept = context => AwsAnswers.XmlErrorAsync(context, "ServiceUnavailable", 503);
        var timeLeft = TimeSpan.FromMinutes(5);

        var watch = Stopwatch.StartNew();
        await this.Awaiting(tests => tests.ProcessAsync(messages, timeLeft)).Should().ThrowAsync<OperationStoreException>();

        watch.Elapsed.Should().BeLessThan(timeLeft / 4);
        accepted.Count(id => _s3.Requests.Any(request => request.Path.Contains(id, StringComparison.Ordinal)))
            .Should().BeInRange(1, 2, "two are processed at a time, and no more are started");
        _script.Delivered.Should().BeEmpty();
    }

    [Fact]
    public async Task ProcessAsync_HandlerThrows_RetriesBeforeVisibilityTimeout()
    {
        _script.Throw["Ada"] = new InvalidOperationException();
        var accepted = await AcceptAsync("Ada");
        await ProcessAsync(await ReceiveAsync(1), TimeSpan.FromMinutes(5));

        (await _accepting.Operations.GetAsync(accepted[0]))!.Message.Should().Be("Attempt 1 failed. A retry is scheduled.");
        // The queue's visibility timeout is 30 seconds.
        (await ReceiveAsync(1, TimeSpan.FromSeconds(20))).Single().Attributes["ApproximateReceiveCount"].Should().Be("2");
    }

    [Theory]
    [InlineData("the read")]
    [InlineData("the claim")]
    [InlineData("the end")]
    public async Task ProcessAsync_StoreHangsForOneMessage_OthersSucceed(string hanging)
    {
        var accepted = await AcceptAsync("Ada", "Bob", "Cleo");
        var messages = await ReceiveAsync(3);
        var writes = 0;
        _s3.Intercept = async context =>
        {
            var isBobs = context.Request.Path.Value!.Contains(accepted[1], StringComparison.Ordinal);
            var isWrite = context.Request.Method == "PUT";
            var hangs = isBobs && hanging switch
            {
                "the read" => !isWrite,
                "the claim" => isWrite,
                _ => isWrite && Interlocked.Increment(ref writes) > 1,
            };
            if (hangs)
            {
                await Task.Delay(Timeout.Infinite, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }

            return hangs;
        };
        var timeLeft = TimeSpan.FromSeconds(30);

        var watch = Stopwatch.StartNew();
        var failed = await ProcessAsync(messages, timeLeft);

        watch.Elapsed.Should().BeLessThan(timeLeft);
        failed.Should().Equal(messages.Single(message => message.Body.Contains("Bob", StringComparison.Ordinal)).MessageId);
        (await StateAsync(accepted[0]), await StateAsync(accepted[2])).Should().Be((OperationState.Succeeded, OperationState.Succeeded));
    }

    [Fact]
    public async Task ProcessAsync_CallbackBlocks_ReturnsInTimeAndFreesSlots()
    {
        var accepted = await AcceptAsync(BlockingParcelHandler.Blocks, BlockingParcelHandler.Blocks, "Ada");
        var messages = await ReceiveAsync(3);
        var timeLeft = TimeSpan.FromSeconds(10);

        var watch = Stopwatch.StartNew();
        var failed = await ProcessAsync(messages, timeLeft);

        watch.Elapsed.Should().BeLessThan(timeLeft);
        failed.Should().Contain(messages.Where(message => message.Body.Contains(BlockingParcelHandler.Blocks, StringComparison.Ordinal))
            .Select(message => message.MessageId));
        _function.Log.Entries.Count(entry => entry.Id == 447).Should().Be(2);

        // Both slots are free again.
        var ada = messages.Where(message => message.Body.Contains("Ada", StringComparison.Ordinal)).ToList();
        (await ProcessAsync(ada, TimeSpan.FromMinutes(1))).Should().BeEmpty();
        (await StateAsync(accepted[2])).Should().Be(OperationState.Succeeded);
    }

    [Fact]
    public async Task ProcessAsync_MessageOfEarlierDocument_IsIgnored()
    {
        var keyed = new AcceptOptions { IdempotencyKey = "0123456789abcdef", IdempotencyScope = "ada" };
        var first = await _accepting.Operations.AcceptAsync(new Parcel("Ada"), keyed);
        var old = await ReceiveAsync(1);
        await _accepting.Operations.DeleteAsync(first.Id);
        var again = await _accepting.Operations.AcceptAsync(new Parcel("Bob"), keyed);

        (await ProcessAsync(old, TimeSpan.FromMinutes(1))).Should().BeEmpty();

        _script.Delivered.Should().BeEmpty();
        (again.Id, await StateAsync(again.Id)).Should().Be((first.Id, OperationState.NotStarted));
        _function.Log.Entries.Should().ContainSingle(entry => entry.Id == 408);
    }

    private async Task<string[]> AcceptAsync(params string[] to)
    {
        var accepted = new List<string>();
        foreach (var each in to)
        {
            accepted.Add((await _accepting.Operations.AcceptAsync(new Parcel(each))).Id);
        }

        return [.. accepted];
    }

    private async Task<List<Message>> ReceiveAsync(int count, TimeSpan? within = null)
    {
        var received = new List<Message>();
        await Eventually.TrueAsync(
            async () =>
            {
                received.AddRange(await _queue.ReceiveAsync());
                return received.Count == count;
            },
            within ?? TimeSpan.FromSeconds(30),
            () => $"{received.Count} of {count} messages arrived");
        return received;
    }

    private async Task<IReadOnlyList<string>> ProcessAsync(List<Message> messages, TimeSpan timeLeft)
    {
        using var input = new MemoryStream(
            Encoding.UTF8.GetBytes(SqsEvents.Event(messages, await SqsEvents.ArnAsync(_sqs, _accepting.QueueUrl))));
        return SqsEvents.Failures(await _function.Services.GetRequiredService<SqsEventProcessor>().ProcessAsync(input, timeLeft, default));
    }

    private async Task<OperationState> StateAsync(string id) => (await _accepting.Operations.GetAsync(id))!.State;

    private sealed class BlockingParcelHandler(HandlerScript script, BlockedCallbacks callbacks) : IOperationHandler<Parcel, string>
    {
        public const string Blocks = "blocks";

        public async Task<string> HandleAsync(OperationContext<Parcel> context, CancellationToken cancellationToken)
        {
            if (script.Throw.TryGetValue(context.Payload.To, out var exception))
            {
                throw exception;
            }

            if (context.Payload.To == Blocks)
            {
                var waiting = Task.Delay(Timeout.Infinite, cancellationToken);
                callbacks.BlockOn(cancellationToken);
                await waiting;
            }

            script.Delivered.Enqueue(context.Payload.To);
            return "done";
        }
    }
}
