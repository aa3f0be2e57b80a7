using Microsoft.Extensions.Time.Testing;
using OffloadedPolling.IntegrationTests.Servers;

namespace OffloadedPolling.IntegrationTests.Queue;

/// <summary>How old what SQS says of a queue may become.</summary>
public sealed class QueueAttributesTests : IAsyncLifetime
{
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
    public async Task GetDepthAsync_TheAttributesCannotBeRead_GoesOnFromTheLastDepthForAMinute()
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
    public async Task AcceptAsync_TheDepthIsUnknownForAnHour_IsEstimatedWithoutIt()
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
    public async Task GetDepthAsync_TheAttributesCanBeReadAgain_IsWhatIsThere()
    {
        DenyAttributes();
        await _host.Operations.AcceptAsync(new Parcel("Ada"));
        _sqs.Intercept = null;
        _time.Advance(TimeSpan.FromMinutes(2));

        (await DepthAsync()).Should().Be(new QueueDepth(1, 0));
    }

    private ValueTask<QueueDepth?> DepthAsync() => _host.Queue.GetDepthAsync("parcels", default);

    private void DenyAttributes() => _sqs.Intercept = context =>
        AwsAnswers.Is(context, "GetQueueAttributes") ? AwsAnswers.ErrorAsync(context, "AccessDeniedException", 403) : Task.FromResult(false);
}
