using Amazon.SQS;
using Microsoft.Extensions.Time.Testing;
using OffloadedPolling.IntegrationTests.Servers;

namespace OffloadedPolling.IntegrationTests.Sqs;

/// <summary>Tests payloads that exceed the configured limit of the queue.</summary>
public sealed class QueueLimitTests : IAsyncLifetime
{
    private const int Limit = 65_536;

    private static readonly TimeSpan _timeout = TimeSpan.FromSeconds(60);

    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);

    private readonly AmazonSQSClient _client = TestServers.NewSqsClient();

    private RecordingProxy _sqs = null!;

    private RecordingProxy _s3 = null!;

    private TestHost _host = null!;

    private static Parcel Large => new("Ada", new string('x', Limit));

    private static AcceptOptions Keyed => new() { IdempotencyScope = "ada", IdempotencyKey = "0123456789abcdef" };

    public async ValueTask InitializeAsync()
    {
        _sqs = await RecordingProxy.StartAsync(TestServers.Sqs);
        _s3 = await RecordingProxy.StartAsync(TestServers.S3);
        _host = await TestHost.CreateAsync(_s3.Address, _sqs.Address, queueUrl: await QueueAsync(Limit), time: _time);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _s3.DisposeAsync();
        await _sqs.DisposeAsync();
        _client.Dispose();
    }

    [Theory]
    [InlineData(1_024)]
    [InlineData(65_536)]
    [InlineData(262_144)]
    public async Task AcceptAsync_PayloadOverQueueLimit_ThrowsAndCreatesNothing(int limit)
    {
        await using var host = await TestHost.CreateAsync(_s3.Address, queueUrl: await QueueAsync(limit));

        var refused = (await host.Operations.Invoking(operations => operations.AcceptAsync(new Parcel("Ada", new string('x', limit))))
            .Should().ThrowAsync<PayloadTooLargeException>()).Which;

        refused.Limit.Should().Be(limit);
        refused.Size.Should().BeGreaterThan(limit);
        _s3.Requests.Should().NotContain(request => request.Method == "PUT");
    }

    [Fact]
    public async Task AcceptAsync_PayloadAtLimit_IsAcceptedButNotOneByteMore()
    {
        var probe = (await _host.Operations.Invoking(operations => operations.AcceptAsync(Large))
            .Should().ThrowAsync<PayloadTooLargeException>()).Which;
        var most = Limit - (probe.Size - Limit);

        await _host.Operations.AcceptAsync(new Parcel("Ada", new string('x', most)));
        await _host.Operations.Invoking(operations => operations.AcceptAsync(new Parcel("Ada", new string('x', most + 1))))
            .Should().ThrowAsync<PayloadTooLargeException>();

        _sqs.Requests.Should().ContainSingle(request => request.Target == "AmazonSQS.SendMessage").Which.StatusCode.Should().Be(200);
    }

    [Fact]
    public async Task AcceptAsync_LimitUnknownAndSqsRejects_ThrowsAndEndsDocument()
    {
        DenyAttributes();

        var refused = (await _host.Operations.Invoking(operations => operations.AcceptAsync(Large))
            .Should().ThrowAsync<PayloadTooLargeException>()).Which;

        refused.Limit.Should().Be(refused.Size - 1, "all that is known is that this message exceeds the limit");
        (await OnlyAsync()).Should().Match<OperationStatus>(status =>
            status.State == OperationState.Failed && status.Error!.Type!.EndsWith("not-sent"));
    }

    [Fact]
    public async Task AcceptAsync_KeyedAndSqsRejectsSize_EndsDocument()
    {
        DenyAttributes();

        await _host.Operations.Invoking(operations => operations.AcceptAsync(Large, Keyed)).Should().ThrowAsync<PayloadTooLargeException>();

        (await OnlyAsync()).Should().Match<OperationStatus>(status =>
            status.State == OperationState.Failed && status.Error!.Type!.EndsWith("payload-refused"));
    }

    [Fact]
    public async Task AcceptAsync_LimitWasLowered_ThrowsWithNewLimit()
    {
        await _host.Operations.AcceptAsync(new Parcel("Ada", new string('x', 50_000)));
        await SetLimitAsync(32_768);
        _time.Advance(TimeSpan.FromSeconds(5));

        var bySqs = (await _host.Operations.Invoking(operations => operations.AcceptAsync(new Parcel("Bob", new string('x', 40_000))))
            .Should().ThrowAsync<PayloadTooLargeException>()).Which;
        var writes = Writes();
        var byHost = (await _host.Operations.Invoking(operations => operations.AcceptAsync(new Parcel("Cleo", new string('x', 40_000))))
            .Should().ThrowAsync<PayloadTooLargeException>()).Which;

        (bySqs.Limit, byHost.Limit).Should().Be((32_768, 32_768));
        Writes().Should().Be(writes);
    }

    [Fact]
    public async Task GetMaxMessageBytesAsync_LimitRaised_UpdatesInBackground()
    {
        (await _host.Queue.GetMaxMessageBytesAsync("parcels", default)).Should().Be(Limit);
        await SetLimitAsync(131_072);

        _time.Advance(TimeSpan.FromMinutes(2));
        var known = _host.Queue.GetMaxMessageBytesAsync("parcels", default);

        known.IsCompletedSuccessfully.Should().BeTrue("the known limit is returned at once");
        (await known).Should().Be(Limit);
        await Eventually.TrueAsync(async () => await _host.Queue.GetMaxMessageBytesAsync("parcels", default) == 131_072, _timeout, () =>
            "the new limit is not used");
        _sqs.Requests.Count(request => request.Target == "AmazonSQS.GetQueueAttributes").Should().Be(2);
    }

    [Fact]
    public async Task GetMaxMessageBytesAsync_SqsHangs_Returns1MiBAfter100Ms()
    {
        var asked = new TaskCompletionSource();
        _sqs.Intercept = async context =>
        {
            asked.TrySetResult();
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
            return true;
        };

        var asking = _host.Queue.GetMaxMessageBytesAsync("parcels", default).AsTask();
        await asked.Task.WaitAsync(_timeout);
        _time.Advance(TimeSpan.FromMilliseconds(99));
        asking.IsCompleted.Should().BeFalse();
        _time.Advance(TimeSpan.FromMilliseconds(1));

        (await asking.WaitAsync(_timeout)).Should().Be(1024 * 1024);
    }

    private static Task<string> QueueAsync(int limit) =>
        TestServers.NewQueueAsync(new() { [QueueAttributeName.MaximumMessageSize] = $"{limit}" });

    private async Task SetLimitAsync(int limit) =>
        await _client.SetQueueAttributesAsync(_host.QueueUrl, new() { [QueueAttributeName.MaximumMessageSize] = $"{limit}" });

    private void DenyAttributes() => _sqs.Intercept = context =>
        AwsAnswers.Is(context, "GetQueueAttributes")
            ? AwsAnswers.ErrorAsync(context, "AccessDeniedException", 403)
            : Task.FromResult(false);

    private int Writes() => _s3.Requests.Count(request => request.Method == "PUT");

    private async Task<OperationStatus> OnlyAsync()
    {
        using var s3 = TestServers.NewS3Client();
        var key = (await s3.ListObjectsV2Async(new() { BucketName = _host.Bucket })).S3Objects.Should().ContainSingle().Which.Key;
        return (await _host.Operations.GetAsync(_host.Store.GetOperationId(key)!))!;
    }
}
