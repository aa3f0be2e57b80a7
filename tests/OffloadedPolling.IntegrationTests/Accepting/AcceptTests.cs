using Amazon.SQS.Model;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using OffloadedPolling.IntegrationTests.Servers;

namespace OffloadedPolling.IntegrationTests.Accepting;

/// <summary>What an accept writes to S3 and SQS, and what it throws when one of them fails.</summary>
public sealed class AcceptTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);

    private RecordingProxy _sqs = null!;

    private RecordingProxy _s3 = null!;

    private TestHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        _sqs = await RecordingProxy.StartAsync(TestServers.Sqs);
        _s3 = await RecordingProxy.StartAsync(TestServers.S3);
        _host = await TestHost.CreateAsync(_s3.Address, _sqs.Address, time: _time, operation: WithPrior);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _s3.DisposeAsync();
        await _sqs.DisposeAsync();
    }

    [Fact]
    public async Task AcceptAsync_SendsPayloadWithStatusKeyAndCreatedAt()
    {
        using var activity = new System.Diagnostics.Activity("POST").Start();
        var accepted = await _host.Operations.AcceptAsync(new Parcel("Ada", "tea"));

        using var sqs = TestServers.NewSqsClient();
        var message = (await sqs.ReceiveMessageAsync(new ReceiveMessageRequest
        {
            QueueUrl = _host.QueueUrl, MessageAttributeNames = ["All"],
        })).Messages.Should().ContainSingle().Which;
        message.Body.Should().Be("""{"To":"Ada","Content":"tea"}""");
        message.MessageAttributes.Keys.Should().BeEquivalentTo("StatusKey", "StatusCreatedAt", "traceparent");
        message.MessageAttributes["StatusKey"].StringValue.Should().Be($"operations/{accepted.Id}.json");
        message.MessageAttributes["traceparent"].StringValue.Should().StartWith($"00-{activity.TraceId}-");
        using var s3 = TestServers.NewS3Client();
        using var document = await s3.GetObjectAsync(_host.Bucket, message.MessageAttributes["StatusKey"].StringValue);
        document.Headers.ContentType.Should().Be("application/json");
        using var json = await System.Text.Json.JsonDocument.ParseAsync(document.ResponseStream);
        message.MessageAttributes["StatusCreatedAt"].StringValue.Should().Be(json.RootElement.GetProperty("createdAt").GetString());
    }

    [Fact]
    public async Task AcceptAsync_CreatesDocumentBeforeSendingMessage()
    {
        var documentsAtSend = -1;
        _sqs.Intercept = context =>
        {
            if (AwsAnswers.Is(context, "SendMessage"))
            {
                documentsAtSend = _s3.Requests.Count(request => request is { Method: "PUT", StatusCode: 200 });
            }

            return Task.FromResult(false);
        };

        await _host.Operations.AcceptAsync(new Parcel("Ada"));

        documentsAtSend.Should().Be(1);
    }

    [Fact]
    public async Task AcceptAsync_SendFails_ThrowsAndEndsDocumentAsFailed()
    {
        _sqs.Intercept = context =>
            AwsAnswers.Is(context, "SendMessage") ? AwsAnswers.ErrorAsync(context, "AccessDeniedException", 403) : Task.FromResult(false);

        var thrown = (await FluentActions.Awaiting(() => _host.Operations.AcceptAsync(new Parcel("Ada")))
            .Should().ThrowExactlyAsync<OperationQueueException>()).Which;

        thrown.Message.Should().Contain(_host.QueueUrl);
        thrown.Message.Should().Contain("sqs:SendMessage");
        var status = await _host.Operations.GetAsync(await OnlyIdAsync());
        status!.State.Should().Be(OperationState.Failed);
        status.Error!.Type.Should().EndWith("not-sent");
        _s3.Requests.Should().NotContain(request => request.Method == "DELETE");
    }

    [Fact]
    public async Task AcceptAsync_CanceledWhileSending_EndsDocumentAsFailed()
    {
        using var cancel = new CancellationTokenSource();
        _sqs.Intercept = AwsAnswers.CancelsDuring("SendMessage", cancel);

        await FluentActions.Awaiting(() => _host.Operations.AcceptAsync(new Parcel("Ada"), cancel.Token))
            .Should().ThrowAsync<OperationCanceledException>();

        (await _host.Operations.GetAsync(await OnlyIdAsync()))!.State.Should().Be(OperationState.Failed);
    }

    [Fact]
    public async Task AcceptAsync_PayloadTooLarge_ThrowsAndCreatesNothing()
    {
        var thrown = (await FluentActions.Awaiting(() => _host.Operations.AcceptAsync(new Parcel("Ada", new string('x', 1024 * 1024))))
            .Should().ThrowExactlyAsync<PayloadTooLargeException>()).Which;

        thrown.Limit.Should().Be(1024 * 1024);
        _s3.Requests.Should().BeEmpty();
    }

    [Fact]
    public async Task AcceptAsync_QueueMissing_ErrorNamesQueueAndFix()
    {
        await using var host = await TestHost.CreateAsync(queueUrl: TestServers.Sqs + "000000000000/no-such-queue");

        var thrown = (await FluentActions.Awaiting(() => host.Operations.AcceptAsync(new Parcel("Ada")))
            .Should().ThrowExactlyAsync<OperationQueueException>()).Which;

        thrown.Message.Should().Contain("no-such-queue");
        thrown.Message.Should().Contain("Create it");
    }

    [Fact]
    public async Task AcceptAsync_ManyWithinFiveSeconds_ReadsQueueDepthOnce()
    {
        for (var accept = 0; accept < 30; accept++)
        {
            await _host.Operations.AcceptAsync(new Parcel("Ada"));
        }

        DepthRequests().Should().Be(1);
        _time.Advance(TimeSpan.FromSeconds(5));
        var later = await _host.Operations.AcceptAsync(new Parcel("Ada"));
        DepthRequests().Should().Be(2);

        // By then 30 messages wait for one slot, so the estimate is longer than the prior.
        later.Estimate!.Median.Should().BeGreaterThan(TimeSpan.FromSeconds(25), $"{later.Estimate}");
    }

    [Fact]
    public async Task AcceptAsync_QueueDepthUnavailable_UsesPriorEstimate()
    {
        _sqs.Intercept = context => AwsAnswers.Is(context, "GetQueueAttributes")
            ? AwsAnswers.ErrorAsync(context, "AccessDeniedException", 403)
            : Task.FromResult(false);

        var accepted = await _host.Operations.AcceptAsync(new Parcel("Ada"));

        accepted.Estimate!.Median.Should().Be(TimeSpan.FromSeconds(1));
        _host.Log.Entries.Should().Contain(entry => entry.Id == 301);
    }

    [Fact]
    public async Task EstimateAsync_SqsHangs_ReturnsAfter100Milliseconds()
    {
        var requested = new TaskCompletionSource();
        _sqs.Intercept = async context =>
        {
            requested.TrySetResult();
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
            return true;
        };

        var estimating = _host.Services.GetRequiredService<IWaitTimeEstimator>().EstimateAsync("parcels", default).AsTask();
        await requested.Task.WaitAsync(TimeSpan.FromSeconds(30));
        _time.Advance(TimeSpan.FromMilliseconds(99));
        estimating.IsCompleted.Should().BeFalse();
        _time.Advance(TimeSpan.FromMilliseconds(1));

        (await estimating.WaitAsync(TimeSpan.FromSeconds(30)))!.Median.Should().Be(TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task ReceiveAsync_NoMessages_ReturnsEmpty()
    {
        _sqs.Intercept = context => AwsAnswers.JsonAsync(context, "{}");

        (await _host.Queue.ReceiveAsync("parcels", 10, default)).Should().BeEmpty();
    }

    [Fact]
    public async Task ReceiveAsync_TwelveMessages_ReturnsEachOnceInBatchesOfTen()
    {
        for (var sent = 0; sent < 12; sent++)
        {
            await _host.Queue.SendAsync("parcels", new OutgoingMessage { Body = $"{sent}", StatusKey = "operations/x.json" }, default);
        }

        var first = await _host.Queue.ReceiveAsync("parcels", 100, default);
        var second = await _host.Queue.ReceiveAsync("parcels", 100, default);

        (first.Count, second.Count).Should().Be((10, 2));
        first.Concat(second).Select(message => message.Id).Distinct().Should().HaveCount(12);
        first.Should().AllSatisfy(message => message.ReceiveCount.Should().Be(1));
        await _host.Queue.DeleteAsync("parcels", [.. first, .. second], default);
        _sqs.Requests.Count(request => request.Target == "AmazonSQS.DeleteMessageBatch").Should().Be(2);
    }

    [Fact]
    public async Task ReceiveAsync_QueueHasRedrivePolicy_ReturnsMaxReceiveCount()
    {
        using var sqs = TestServers.NewSqsClient();
        var deadLetterQueue = await TestServers.NewQueueAsync();
        var arn = (await sqs.GetQueueAttributesAsync(deadLetterQueue, ["QueueArn"])).QueueARN;
        var queue = await TestServers.NewQueueAsync(
            new() { ["RedrivePolicy"] = $$"""{"deadLetterTargetArn":"{{arn}}","maxReceiveCount":"3"}""" });
        await using var host = await TestHost.CreateAsync(queueUrl: queue);
        await host.Queue.SendAsync("parcels", new OutgoingMessage { Body = "{}", StatusKey = "operations/x.json" }, default);

        var message = (await host.Queue.ReceiveAsync("parcels", 1, default)).Should().ContainSingle().Which;

        (message.ReceiveCount, message.MaxReceiveCount).Should().Be((1, (int?)3));
    }

    private static void WithPrior(OperationOptions kind) =>
        (kind.MaxConcurrency, kind.ExpectedMedian, kind.ExpectedUpper) = (1, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2));

    private int DepthRequests() => _sqs.Requests.Count(request => request.Target == "AmazonSQS.GetQueueAttributes");

    private async Task<string> OnlyIdAsync()
    {
        using var s3 = TestServers.NewS3Client();
        var key = (await s3.ListObjectsV2Async(new() { BucketName = _host.Bucket })).S3Objects.Should().ContainSingle().Which.Key;
        return _host.Store.GetOperationId(key)!;
    }
}
