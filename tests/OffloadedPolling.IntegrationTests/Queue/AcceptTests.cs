using Amazon.SQS.Model;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using OffloadedPolling.IntegrationTests.Servers;

namespace OffloadedPolling.IntegrationTests.Queue;

/// <summary>What an accept leaves in S3 and SQS, and what callers learn when one of them fails.</summary>
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
    public async Task AcceptAsync_Message_IsThePayloadWithTheDocumentsKeyAndCreatedAtAsAttributes()
    {
        using var activity = new System.Diagnostics.Activity("POST").Start();
        var accepted = await _host.Operations.AcceptAsync(new Parcel("Ada", "tea"));

        using var sqs = TestServers.NewSqsClient();
        var message = Assert.Single((await sqs.ReceiveMessageAsync(new ReceiveMessageRequest
        {
            QueueUrl = _host.QueueUrl, MessageAttributeNames = ["All"],
        })).Messages);
        Assert.Equal("""{"To":"Ada","Content":"tea"}""", message.Body);
        message.MessageAttributes.Keys.Should().BeEquivalentTo("StatusKey", "StatusCreatedAt", "traceparent");
        Assert.Equal($"operations/{accepted.Id}.json", message.MessageAttributes["StatusKey"].StringValue);
        Assert.StartsWith($"00-{activity.TraceId}-", message.MessageAttributes["traceparent"].StringValue, StringComparison.Ordinal);
        using var s3 = TestServers.NewS3Client();
        using var document = await s3.GetObjectAsync(_host.Bucket, message.MessageAttributes["StatusKey"].StringValue);
        Assert.Equal("application/json", document.Headers.ContentType);
        using var json = await System.Text.Json.JsonDocument.ParseAsync(document.ResponseStream);
        message.MessageAttributes["StatusCreatedAt"].StringValue.Should().Be(json.RootElement.GetProperty("createdAt").GetString());
    }

    [Fact]
    public async Task AcceptAsync_TheDocumentExistsBeforeTheMessageIsSent()
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

        Assert.Equal(1, documentsAtSend);
    }

    [Fact]
    public async Task AcceptAsync_TheMessageCannotBeSent_ThrowsAndTheDocumentSaysFailed()
    {
        _sqs.Intercept = context => AwsAnswers.Is(context, "SendMessage") ? AwsAnswers.ErrorAsync(context, "AccessDeniedException", 403) : Task.FromResult(false);

        var thrown = await Assert.ThrowsAsync<OperationQueueException>(() => _host.Operations.AcceptAsync(new Parcel("Ada")));

        Assert.Contains(_host.QueueUrl, thrown.Message, StringComparison.Ordinal);
        Assert.Contains("sqs:SendMessage", thrown.Message, StringComparison.Ordinal);
        var status = await _host.Operations.GetAsync(await OnlyIdAsync());
        Assert.Equal(OperationState.Failed, status!.State);
        Assert.EndsWith("not-sent", status.Error!.Type, StringComparison.Ordinal);
        Assert.DoesNotContain(_s3.Requests, request => request.Method == "DELETE");
    }

    [Fact]
    public async Task AcceptAsync_CanceledWhileSending_TheDocumentSaysFailed()
    {
        using var cancel = new CancellationTokenSource();
        _sqs.Intercept = async context =>
        {
            if (AwsAnswers.Is(context, "SendMessage"))
            {
                await cancel.CancelAsync();
                await Task.Delay(Timeout.Infinite, context.RequestAborted);
            }

            return false;
        };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _host.Operations.AcceptAsync(new Parcel("Ada"), cancel.Token));

        Assert.Equal(OperationState.Failed, (await _host.Operations.GetAsync(await OnlyIdAsync()))!.State);
    }

    [Fact]
    public async Task AcceptAsync_APayloadOverTheLimit_CreatesNothing()
    {
        var thrown = await Assert.ThrowsAsync<PayloadTooLargeException>(() => _host.Operations.AcceptAsync(new Parcel("Ada", new string('x', 1024 * 1024))));

        Assert.Equal(1024 * 1024, thrown.Limit);
        Assert.Empty(_s3.Requests);
    }

    [Fact]
    public async Task AcceptAsync_AMissingQueue_IsNamedWithWhatToDo()
    {
        await using var host = await TestHost.CreateAsync(queueUrl: TestServers.Sqs + "000000000000/no-such-queue");

        var thrown = await Assert.ThrowsAsync<OperationQueueException>(() => host.Operations.AcceptAsync(new Parcel("Ada")));

        Assert.Contains("no-such-queue", thrown.Message, StringComparison.Ordinal);
        Assert.Contains("Create it", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AcceptAsync_ManyInFiveSeconds_AskForTheQueuesDepthOnce()
    {
        for (var accept = 0; accept < 30; accept++)
        {
            await _host.Operations.AcceptAsync(new Parcel("Ada"));
        }

        Assert.Equal(1, DepthRequests());
        _time.Advance(TimeSpan.FromSeconds(5));
        var later = await _host.Operations.AcceptAsync(new Parcel("Ada"));
        Assert.Equal(2, DepthRequests());

        // 30 wait by then, for one slot: the estimate is no longer the prior alone.
        Assert.True(later.Estimate!.Median > TimeSpan.FromSeconds(25), $"{later.Estimate}");
    }

    [Fact]
    public async Task AcceptAsync_TheDepthCannotBeRead_IsAcceptedWithThePrior()
    {
        _sqs.Intercept = context => AwsAnswers.Is(context, "GetQueueAttributes") ? AwsAnswers.ErrorAsync(context, "AccessDeniedException", 403) : Task.FromResult(false);

        var accepted = await _host.Operations.AcceptAsync(new Parcel("Ada"));

        Assert.Equal(TimeSpan.FromSeconds(1), accepted.Estimate!.Median);
        Assert.Contains(_host.Log.Entries, entry => entry.Id == 301);
    }

    [Fact]
    public async Task EstimateAsync_SqsHangs_AnswersAfter100Milliseconds()
    {
        var asked = new TaskCompletionSource();
        _sqs.Intercept = async context =>
        {
            asked.TrySetResult();
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
            return true;
        };

        var estimating = _host.Services.GetRequiredService<IWaitTimeEstimator>().EstimateAsync("parcels", default).AsTask();
        await asked.Task.WaitAsync(TimeSpan.FromSeconds(30));
        _time.Advance(TimeSpan.FromMilliseconds(99));
        Assert.False(estimating.IsCompleted);
        _time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Equal(TimeSpan.FromSeconds(1), (await estimating.WaitAsync(TimeSpan.FromSeconds(30)))!.Median);
    }

    [Fact]
    public async Task ReceiveAsync_NothingThere_IsEmpty()
    {
        _sqs.Intercept = context => AwsAnswers.JsonAsync(context, "{}");

        Assert.Empty(await _host.Queue.ReceiveAsync("parcels", 10, default));
    }

    [Fact]
    public async Task ReceiveAsync_TenAtOnce_HiddenForTheVisibilityTimeout()
    {
        for (var sent = 0; sent < 12; sent++)
        {
            await _host.Queue.SendAsync("parcels", new OutgoingMessage { Body = $"{sent}", StatusKey = "operations/x.json" }, default);
        }

        var first = await _host.Queue.ReceiveAsync("parcels", 100, default);
        var second = await _host.Queue.ReceiveAsync("parcels", 100, default);

        Assert.Equal((10, 2), (first.Count, second.Count));
        Assert.Equal(12, first.Concat(second).Select(message => message.Id).Distinct().Count());
        Assert.All(first, message => Assert.Equal(1, message.ReceiveCount));
        await _host.Queue.DeleteAsync("parcels", [.. first, .. second], default);
        Assert.Equal(2, _sqs.Requests.Count(request => request.Target == "AmazonSQS.DeleteMessageBatch"));
    }

    [Fact]
    public async Task ReceiveAsync_FromAQueueWithARedrivePolicy_TellsTheMostReceives()
    {
        using var sqs = TestServers.NewSqsClient();
        var deadLetterQueue = await TestServers.NewQueueAsync();
        var arn = (await sqs.GetQueueAttributesAsync(deadLetterQueue, ["QueueArn"])).QueueARN;
        var queue = await TestServers.NewQueueAsync(new() { ["RedrivePolicy"] = $$"""{"deadLetterTargetArn":"{{arn}}","maxReceiveCount":"3"}""" });
        await using var host = await TestHost.CreateAsync(queueUrl: queue);
        await host.Queue.SendAsync("parcels", new OutgoingMessage { Body = "{}", StatusKey = "operations/x.json" }, default);

        var message = Assert.Single(await host.Queue.ReceiveAsync("parcels", 1, default));

        Assert.Equal((1, 3), (message.ReceiveCount, message.MaxReceiveCount));
    }

    private static void WithPrior(OperationOptions kind) =>
        (kind.MaxConcurrency, kind.ExpectedMedian, kind.ExpectedUpper) = (1, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2));

    private int DepthRequests() => _sqs.Requests.Count(request => request.Target == "AmazonSQS.GetQueueAttributes");

    private async Task<string> OnlyIdAsync()
    {
        using var s3 = TestServers.NewS3Client();
        var key = Assert.Single((await s3.ListObjectsV2Async(new() { BucketName = _host.Bucket })).S3Objects).Key;
        return _host.Store.GetOperationId(key)!;
    }
}
