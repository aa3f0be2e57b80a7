using Microsoft.Extensions.Time.Testing;
using OffloadedPolling.IntegrationTests.Servers;

namespace OffloadedPolling.IntegrationTests.Sqs;

/// <summary>Tests how long the queue attributes read from SQS are used.</summary>
public sealed class QueueAttributesTests : IAsyncLifetime
{
    private static readonly TimeSpan _timeout = TimeSpan.FromSeconds(60);

    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);

    private RecordingProxy _sqs = null!;

    private TestHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        _sqs = await RecordingProxy.StartAsync(TestServers.Sqs);
        _host = await TestHost.CreateAsync(sqs: _sqs.Address, time: _time, operation: kind =>
            (kind.MaxConcurrency, kind.ExpectedMedian, kind.ExpectedUpper) = (1, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2)));
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _sqs.DisposeAsync();
    }

    [Fact]
    public async Task GetDepthAsync_AttributesDenied_UsesLastDepthForMinute()
    {
        await _host.Operations.AcceptAsync(new Parcel("Ada"));
        DenyAttributes();

        for (var second = 0; second < 60; second += 6)
        {
            _time.Advance(TimeSpan.FromSeconds(6));
            await _host.Operations.AcceptAsync(new Parcel("Ada"));
        }

        (await DepthAsync()).Should().Be(new QueueDepth(11, 0));
        _time.Advance(TimeSpan.FromSeconds(6));
        (await DepthAsync()).Should().BeNull();
        _host.Log.Entries.Should().Contain(entry => entry.Id == 301);
    }

    [Fact]
    public async Task AcceptAsync_DepthUnknownForHour_EstimatesWithoutIt()
    {
        await _host.Operations.AcceptAsync(new Parcel("Ada"));
        DenyAttributes();

        AcceptedOperation accepted = null!;
        for (var minute = 0; minute < 60; minute++)
        {
            _time.Advance(TimeSpan.FromMinutes(1));
            accepted = await _host.Operations.AcceptAsync(new Parcel("Ada"));
        }

        accepted.Estimate!.Median.Should().Be(TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task GetDepthAsync_AttributesReadableAgain_ReturnsDepth()
    {
        DenyAttributes();
        await _host.Operations.AcceptAsync(new Parcel("Ada"));
        _sqs.Intercept = null;
        _time.Advance(TimeSpan.FromMinutes(2));

        (await DepthAsync()).Should().Be(new QueueDepth(1, 0));
    }

    [Fact]
    public async Task ReceiveAsync_MaxReceiveCountRaised_UpdatesInBackground()
    {
        var (queue, deadLetters) = await TestServers.NewQueueWithDeadLettersAsync(maxReceiveCount: 3);
        await using var host = await TestHost.CreateAsync(sqs: _sqs.Address, queueUrl: queue, time: _time);
        (await MaxOfNextAsync(host)).Should().Be(3);
        await TestServers.SetMaxReceiveCountAsync(queue, deadLetters, maxReceiveCount: 10);

        _time.Advance(TimeSpan.FromMinutes(1));
        (await MaxOfNextAsync(host)).Should().Be(3, "a message does not wait for the read in the background");

        await Eventually.TrueAsync(async () => await MaxOfNextAsync(host) == 10, _timeout, () => "the new count is not used");
        AttributeReads().Should().Be(2);
    }

    [Fact]
    public async Task ReceiveAsync_AttributesHang_UsesLastMaxReceiveCount()
    {
        var (queue, _) = await TestServers.NewQueueWithDeadLettersAsync(maxReceiveCount: 3);
        await using var host = await TestHost.CreateAsync(sqs: _sqs.Address, queueUrl: queue, time: _time);
        await MaxOfNextAsync(host);
        _sqs.Intercept = async context =>
        {
            if (AwsAnswers.Is(context, "GetQueueAttributes"))
            {
                await Task.Delay(Timeout.Infinite, context.RequestAborted);
            }

            return false;
        };

        _time.Advance(TimeSpan.FromMinutes(10));

        (await MaxOfNextAsync(host).WaitAsync(_timeout)).Should().Be(3);
    }

    private static async Task<int?> MaxOfNextAsync(TestHost host)
    {
        await host.Queue.SendAsync("parcels", new OutgoingMessage { Body = "{}", StatusKey = "operations/x.json" }, default);
        return (await host.Queue.ReceiveAsync("parcels", 1, default)).Should().ContainSingle().Which.MaxReceiveCount;
    }

    private int AttributeReads() => _sqs.Requests.Count(request => request.Target == "AmazonSQS.GetQueueAttributes");

    private ValueTask<QueueDepth?> DepthAsync() => _host.Queue.GetDepthAsync("parcels", default);

    private void DenyAttributes() => _sqs.Intercept = context =>
        AwsAnswers.Is(context, "GetQueueAttributes")
            ? AwsAnswers.ErrorAsync(context, "AccessDeniedException", 403)
            : Task.FromResult(false);
}
