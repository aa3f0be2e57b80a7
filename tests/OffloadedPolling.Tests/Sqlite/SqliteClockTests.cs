using Microsoft.Extensions.Time.Testing;
using OffloadedPolling.Tests.Conformance;
using OffloadedPolling.Tests.Shared;

namespace OffloadedPolling.Tests.Sqlite;

/// <summary>The effect of time on documents and messages, including a clock that jumps.</summary>
public sealed class SqliteClockTests : IAsyncLifetime
{
    private const string Kind = ConformanceHost.Kind;

    private static readonly TimeSpan _timeout = TimeSpan.FromSeconds(30);

    private readonly SqliteProvider _provider = new();

    private readonly SettableTime _time = new();

    private ConformanceHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await ConformanceHost.StartAsync(
        _provider, operation: kind => kind.VisibilityTimeout = TimeSpan.FromMinutes(10), time: _time);

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _provider.DisposeAsync();
    }

    [Fact]
    public async Task Message_Received_IsHiddenUntilTimeout()
    {
        await SendAsync();
        await ReceiveAsync();

        _time.Jump(TimeSpan.FromMinutes(10) - TimeSpan.FromSeconds(1) - TimeSpan.FromMilliseconds(1));
        (await DepthAsync()).Should().Be(new QueueDepth(0, 1));
        _time.Jump(TimeSpan.FromMilliseconds(1));

        (await ReceiveAsync()).Should().ContainSingle().Which.ReceiveCount.Should().Be(2);
    }

    [Fact]
    public async Task Message_ClockSetBackAfterSend_IsVisible()
    {
        await SendAsync();

        _time.Jump(TimeSpan.FromHours(-5));

        (await ReceiveAsync()).Should().ContainSingle();
    }

    [Fact]
    public async Task Message_ClockSetBackAfterReceive_IsRedeliveredEarly()
    {
        await SendAsync();
        await ReceiveAsync();

        _time.Jump(TimeSpan.FromHours(-5));

        (await ReceiveAsync()).Should().ContainSingle().Which.ReceiveCount.Should().Be(2);
    }

    [Fact]
    public async Task Message_ClockSetBackByOneSecond_StaysHidden()
    {
        await SendAsync();
        await ReceiveAsync();

        _time.Jump(TimeSpan.FromSeconds(-1));

        (await DepthAsync()).Should().Be(new QueueDepth(0, 1));
        await SendAsync();
        (await ReceiveAsync()).Should().ContainSingle().Which.ReceiveCount.Should().Be(1);
    }

    [Fact]
    public async Task Message_StaleDelivery_CannotDeleteOrRelease()
    {
        await SendAsync();
        var older = await ReceiveAsync();
        _time.Jump(TimeSpan.FromMinutes(11));
        var newer = await ReceiveAsync();

        await _host.Queue.ReleaseAsync(Kind, older, TimeSpan.Zero, default);
        var thrown = (await FluentActions.Awaiting(() => _host.Queue.DeleteAsync(Kind, older, default))
            .Should().ThrowExactlyAsync<OperationQueueException>()).Which;

        thrown.Message.Should().Contain(older[0].Id);
        (await DepthAsync()).Should().Be(new QueueDepth(0, 1));
        await _host.Queue.DeleteAsync(Kind, newer, default);
        await _host.Queue.DeleteAsync(Kind, older, default);
        (await _provider.CountMessagesAsync(Kind)).Should().Be(0);
    }

    [Fact]
    public async Task ExtendAsync_StaleOrReleasedDelivery_ReturnsNull()
    {
        await SendAsync();
        var older = await ReceiveAsync();
        _time.Jump(TimeSpan.FromMinutes(11));
        (await _host.Queue.ExtendAsync(Kind, older[0], default)).Should().NotBeNull();
        _time.Jump(TimeSpan.FromMinutes(11));
        var newer = await ReceiveAsync();

        (await _host.Queue.ExtendAsync(Kind, older[0], default)).Should().BeNull();
        (await _host.Queue.ExtendAsync(Kind, newer[0], default)).Should().NotBeNull();
        await _host.Queue.ReleaseAsync(Kind, newer, TimeSpan.Zero, default);
        (await _host.Queue.ExtendAsync(Kind, newer[0], default)).Should().BeNull();
    }

    [Fact]
    public async Task Expiry_Passed_DeletesOnlyExpiredDocumentsWithoutMessages()
    {
        const string Lasting = "00000000000000000000000000000001", Awaited = "00000000000000000000000000000002";
        var now = _time.GetUtcNow();
        await _host.Store.CreateAsync(TestDocuments.Waiting() with { ExpiresAt = now.AddMinutes(3) }, OperationMetadata.Empty, default);
        await _host.Store.CreateAsync(
            TestDocuments.Waiting(Lasting) with { ExpiresAt = now.AddDays(30) }, OperationMetadata.Empty, default);
        await _host.Store.CreateAsync(
            TestDocuments.Waiting(Awaited) with { ExpiresAt = now.AddMinutes(3) }, OperationMetadata.Empty, default);
        await _host.Queue.SendAsync(Kind, new OutgoingMessage { Body = "{}", StatusKey = Awaited }, default);

        _time.Advance(TimeSpan.FromMinutes(2));
        (await _host.Store.GetAsync(TestDocuments.Id, default)).Should().NotBeNull();
        await Eventually.TrueAsync(
            async () =>
            {
                _time.Advance(TimeSpan.FromMinutes(1));
                return await _host.Store.GetAsync(TestDocuments.Id, default) is null;
            },
            _timeout, () => "the document is still there");

        (await _host.Store.GetAsync(Awaited, default)).Should().NotBeNull();
        (await _host.Store.GetAsync(Lasting, default)).Should().NotBeNull();
    }

    [Fact]
    public async Task GetDepthAsync_WithinOneSecond_AddsOwnSendsToLastCount()
    {
        await using var other = await ConformanceHost.StartAsync(_provider, time: _time);
        (await DepthAsync()).Should().Be(new QueueDepth(0, 0));
        await SendAsync();
        await other.Queue.SendAsync(Kind, new OutgoingMessage { Body = "{}", StatusKey = TestDocuments.Id }, default);

        (await _host.Queue.GetDepthAsync(Kind, default)).Should().Be(new QueueDepth(1, 0));
        (await DepthAsync()).Should().Be(new QueueDepth(2, 0));
        (await _host.Queue.GetDepthAsync(Kind, default)).Should().Be(new QueueDepth(2, 0));
    }

    // A second later, because the last count is cached until then.
    private async Task<QueueDepth?> DepthAsync()
    {
        _time.Advance(TimeSpan.FromSeconds(1));
        return await _host.Queue.GetDepthAsync(Kind, default);
    }

    private Task SendAsync() => _host.Queue.SendAsync(Kind, new OutgoingMessage { Body = "{}", StatusKey = TestDocuments.Id }, default);

    private Task<IReadOnlyList<ReceivedMessage>> ReceiveAsync() => _host.Queue.ReceiveAsync(Kind, 10, default).WaitAsync(_timeout);

    /// <summary>A clock that can be set back, while the elapsed time only increases.</summary>
    private sealed class SettableTime : FakeTimeProvider
    {
        private TimeSpan _jumped;

        public SettableTime()
            : base(DateTimeOffset.UtcNow)
        {
        }

        public void Jump(TimeSpan by) => _jumped += by;

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + _jumped;
    }
}
