using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using OffloadedPolling.Tests.Conformance;
using OffloadedPolling.Tests.Shared;

namespace OffloadedPolling.Tests.Sqlite;

/// <summary>The depth is updated with each change instead of counted. It must be the same as a full count.</summary>
public sealed class SqliteCountsTests : IAsyncLifetime
{
    private const string Kind = ConformanceHost.Kind;

    private const string Recount = """
        SELECT (SELECT coalesce(sum(alive), 0) FROM message_counts) = (SELECT count(*) FROM messages WHERE receive_count < 10)
        """;

    private readonly SqliteProvider _provider = new();

    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);

    private ConformanceHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await ConformanceHost.StartAsync(
        _provider, operation: kind => kind.VisibilityTimeout = TimeSpan.FromMinutes(1), time: _time);

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _provider.DisposeAsync();
    }

    [Fact]
    public async Task GetDepthAsync_AfterSendReceiveDeleteRelease_IsCorrect()
    {
        for (var message = 0; message < 5; message++)
        {
            await SendAsync();
        }

        (await DepthAsync()).Should().Be(new QueueDepth(5, 0));
        var received = await _host.Queue.ReceiveAsync(Kind, 3, default);
        (await DepthAsync()).Should().Be(new QueueDepth(2, 3));
        await _host.Queue.DeleteAsync(Kind, [received[0]], default);
        (await DepthAsync()).Should().Be(new QueueDepth(2, 2));
        await _host.Queue.ReleaseAsync(Kind, [received[1]], TimeSpan.Zero, default);
        (await DepthAsync()).Should().Be(new QueueDepth(3, 1));
        _time.Advance(TimeSpan.FromMinutes(2));
        (await DepthAsync()).Should().Be(new QueueDepth(4, 0), "its visibility timeout has elapsed");
    }

    [Fact]
    public async Task GetDepthAsync_AfterLastDelivery_IgnoresDeadLetter()
    {
        await SendAsync();
        for (var delivery = 1; delivery < 10; delivery++)
        {
            await _host.Queue.ReleaseAsync(Kind, await _host.Queue.ReceiveAsync(Kind, 1, default), TimeSpan.Zero, default);
        }

        await _host.Queue.ReceiveAsync(Kind, 1, default);
        (await DepthAsync()).Should().Be(new QueueDepth(0, 1), "its last receiver has it");
        _time.Advance(TimeSpan.FromMinutes(2));
        (await DepthAsync()).Should().Be(new QueueDepth(0, 0), "it is a dead letter");
        var letters = _host.Services.GetRequiredService<IDeadLetterQueue>();
        await letters.SetAsideAsync(Kind, (await letters.ReceiveAsync(Kind, default))[0], default);
        (await DepthAsync()).Should().Be(new QueueDepth(0, 0), "no worker has it");
    }

    [Theory]
    [InlineData("DELETE FROM messages WHERE id = 1", 1)]
    [InlineData("DELETE FROM messages", 0)]
    [InlineData("UPDATE messages SET receive_count = 10 WHERE id = 1", 1)]
    [InlineData("UPDATE messages SET receive_count = 10; UPDATE messages SET receive_count = 0", 2)]
    public async Task GetDepthAsync_OtherProgramChangesMessages_IsCorrect(string change, int waiting)
    {
        await SendAsync();
        await SendAsync();

        await _provider.ExecuteAsync(change);

        (await DepthAsync()).Should().Be(new QueueDepth(waiting, 0));
        (await _provider.ExecuteAsync(Recount)).Should().Be(1L);
    }

    private ValueTask<QueueDepth?> DepthAsync()
    {
        // The depth is cached for a second.
        _time.Advance(TimeSpan.FromSeconds(1));
        return _host.Queue.GetDepthAsync(Kind, default);
    }

    private Task SendAsync() => _host.Queue.SendAsync(Kind, new OutgoingMessage { Body = "{}", StatusKey = TestDocuments.Id }, default);
}
