using Microsoft.Extensions.Time.Testing;
using OffloadedPolling.Tests.Conformance;
using OffloadedPolling.Tests.Shared;

namespace OffloadedPolling.Tests.Sqlite;

/// <summary>The reported depth of a queue while its messages cannot be counted.</summary>
public sealed class SqliteQueueDepthTests : IAsyncLifetime
{
    private const string Kind = ConformanceHost.Kind;

    private readonly SqliteProvider _provider = new();

    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);

    private ConformanceHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await ConformanceHost.StartAsync(_provider, time: _time);
        await SendAsync();
        (await DepthAsync()).Should().Be(new QueueDepth(1, 0));
        await _provider.ExecuteAsync("ALTER TABLE messages RENAME COLUMN received_at TO received_then");
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _provider.DisposeAsync();
    }

    [Fact]
    public async Task GetDepthAsync_CountFails_UsesLastCountForOneMinute()
    {
        for (var second = 0; second < 60; second++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await SendAsync();
        }

        (await DepthAsync()).Should().Be(new QueueDepth(61, 0));
        _time.Advance(TimeSpan.FromSeconds(1));
        (await DepthAsync()).Should().BeNull();
        _host.Log.Entries.Should().Contain(entry => entry.Id == 703);
    }

    [Fact]
    public async Task GetDepthAsync_CountWorksAgain_ReturnsActualDepth()
    {
        _time.Advance(TimeSpan.FromHours(1));
        (await DepthAsync()).Should().BeNull();
        await _provider.ExecuteAsync("ALTER TABLE messages RENAME COLUMN received_then TO received_at");
        await SendAsync();

        _time.Advance(TimeSpan.FromSeconds(1));

        (await DepthAsync()).Should().Be(new QueueDepth(2, 0));
    }

    private ValueTask<QueueDepth?> DepthAsync() => _host.Queue.GetDepthAsync(Kind, default);

    private Task SendAsync() => _host.Queue.SendAsync(Kind, new OutgoingMessage { Body = "{}", StatusKey = TestDocuments.Id }, default);
}
