using System.Diagnostics;
using Microsoft.Extensions.Time.Testing;
using OffloadedPolling.Tests.Conformance;
using OffloadedPolling.Tests.Shared;

namespace OffloadedPolling.Tests.Sqlite;

/// <summary>The cost of long queues, many dead letters and many expired documents.</summary>
[Collection(WholeMachine.Name)]
public sealed class SqliteLoadTests : IAsyncLifetime
{
    private const string Kind = ConformanceHost.Kind;

    private const int Many = 100_000;

    private const int ManyDead = 50_000;

    private const string Numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $count)";

    private static readonly TimeSpan _timeout = TimeSpan.FromMinutes(2);

    private readonly SqliteProvider _loaded = new();

    private readonly SqliteProvider _empty = new();

    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _loaded.DisposeAsync();
        await _empty.DisposeAsync();
    }

    [Fact]
    public async Task AcceptAsync_100000MessagesWait_AddsUnderOneMillisecond()
    {
        await using var loaded = await StartAsync(_loaded);
        await using var empty = await StartAsync(_empty);
        await SendAsync(Many, receiveCount: 0);

        var (fastestLoaded, fastestEmpty) = (TimeSpan.MaxValue, TimeSpan.MaxValue);
        for (var run = 0; run < 60; run++)
        {
            // The depth is cached for a second.
            _time.Advance(TimeSpan.FromSeconds(1));
            fastestLoaded = Min(fastestLoaded, await TimeToAcceptAsync(loaded));
            fastestEmpty = Min(fastestEmpty, await TimeToAcceptAsync(empty));
        }

        _time.Advance(TimeSpan.FromSeconds(1));
        (await loaded.Queue.GetDepthAsync(Kind, default)).Should().Be(new QueueDepth(Many + 60, 0));
        (fastestLoaded - fastestEmpty).Should().BeLessThan(TimeSpan.FromMilliseconds(1));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ReceiveAsync_50000DeadLetters_AddsUnderOnePercentOfCore(bool setAside)
    {
        await using var loaded = await StartAsync(_loaded);
        await using var empty = await StartAsync(_empty);
        await SendAsync(ManyDead, receiveCount: setAside ? 11 : 10, hiddenUntil: setAside ? long.MaxValue / 2 : 1);
        await ReceiveEmptyAsync(loaded);
        await ReceiveEmptyAsync(empty);

        // Each empty receive is 20 seconds of a worker that polls every 50 ms.
        var (fastestLoaded, fastestEmpty) = (TimeSpan.MaxValue, TimeSpan.MaxValue);
        for (var run = 0; run < 3; run++)
        {
            fastestLoaded = Min(fastestLoaded, await ReceiveEmptyAsync(loaded));
            fastestEmpty = Min(fastestEmpty, await ReceiveEmptyAsync(empty));
        }

        (fastestLoaded - fastestEmpty).Should().BeLessThan(TimeSpan.FromSeconds(20) * 0.01);
        (await loaded.Queue.GetDepthAsync(Kind, default)).Should().Be(new QueueDepth(0, 0));
    }

    [Fact]
    public async Task Expiry_ManyDocuments_LetsOtherWritesThrough()
    {
        const int Count = 20_000;
        await using (await StartAsync(_loaded))
        {
        }

        await ExpireAsync(Count);
        await using var host = await StartAsync(_loaded);
        var seen = new HashSet<int>();
        await Eventually.TrueAsync(
            async () =>
            {
                // One write at a time, each through the same writer as the deletions.
                for (var write = 0; write < 20; write++)
                {
                    await host.Queue.SendAsync(Kind, new OutgoingMessage { Body = "{}", StatusKey = TestDocuments.Id }, default);
                    seen.Add(await _loaded.CountDocumentsAsync());
                }

                return seen.Contains(0);
            },
            _timeout,
            () => $"{seen.Min()} are left");

        seen.Count(left => left is > 0 and < Count).Should().BeGreaterThan(10);
    }

    [Fact]
    public async Task Expiry_DocumentsHaveMessages_KeepsThemAndBlocksNoWrites()
    {
        await using var host = await StartAsync(_loaded);
        // Its writes wait while the first host holds the file.
        await using var other = await StartAsync(_loaded);
        await SendAsync(Many, receiveCount: 0);
        await ExpireAsync(Many);

        var (shortest, visit) = (TimeSpan.MaxValue, TimeSpan.MaxValue);
        for (var pass = 0; pass < 5; pass++)
        {
            visit = Min(visit, await TimeToVisitAllAsync());
            shortest = Min(shortest, await LongestWriteDuringExpiryAsync(other, $"last{pass}"));
        }

        (await _loaded.CountDocumentsAsync()).Should().Be(Many);
        shortest.Should().BeLessThan(visit / 2, "visiting all documents in one transaction would hold the file that long");
    }

    private Task<ConformanceHost> StartAsync(SqliteProvider provider) => ConformanceHost.StartAsync(provider, time: _time);

    private static async Task<TimeSpan> TimeToAcceptAsync(ConformanceHost host)
    {
        var startedAt = Stopwatch.GetTimestamp();
        await host.Operations.AcceptAsync(new Parcel("Ada"));
        return Stopwatch.GetElapsedTime(startedAt);
    }

    /// <returns>The processor time used.</returns>
    private async Task<TimeSpan> ReceiveEmptyAsync(ConformanceHost host)
    {
        using var process = Process.GetCurrentProcess();
        var before = process.TotalProcessorTime;
        var receiving = host.Queue.ReceiveAsync(Kind, 10, default);
        while (!receiving.IsCompleted)
        {
            _time.Advance(TimeSpan.FromMilliseconds(50));
            await Task.Yield();
        }

        (await receiving).Should().BeEmpty();
        process.Refresh();
        return process.TotalProcessorTime - before;
    }

    private async Task SendAsync(int count, int receiveCount, long hiddenUntil = 0) => await _loaded.ExecuteAsync(
        $"""
        {Numbers}
        INSERT INTO messages (kind, status_key, body, receive_count, visible_at) SELECT '{Kind}', 'a' || i, $body, $received, $hidden FROM n
        """,
        ("$count", count), ("$body", new string('x', 1024)), ("$received", receiveCount), ("$hidden", hiddenUntil));

    private async Task ExpireAsync(int count) => await _loaded.ExecuteAsync(
        $"{Numbers} INSERT INTO documents (id, version, expires_at, document) SELECT 'a' || i, 'x', i, x'00' FROM n", ("$count", count));

    private async Task<TimeSpan> LongestWriteDuringExpiryAsync(ConformanceHost other, string last)
    {
        // The last document in expiry order: when it is gone, all were visited.
        await _loaded.ExecuteAsync(
            "INSERT INTO documents (id, version, expires_at, document) VALUES ($id, 'x', 1000000, x'00')", ("$id", last));
        _time.Advance(TimeSpan.FromMinutes(1));
        var longest = TimeSpan.Zero;
        await Eventually.TrueAsync(
            async () =>
            {
                for (var write = 0; write < 20; write++)
                {
                    var startedAt = Stopwatch.GetTimestamp();
                    await other.Store.DeleteAsync(TestDocuments.Id, default);
                    longest = Max(longest, Stopwatch.GetElapsedTime(startedAt));
                }

                return (long)(await _loaded.ExecuteAsync("SELECT count(*) FROM documents WHERE id = $id", ("$id", last)))! == 0;
            },
            _timeout,
            () => "the last document is still there");
        return longest;
    }

    private async Task<TimeSpan> TimeToVisitAllAsync()
    {
        var startedAt = Stopwatch.GetTimestamp();
        await _loaded.ExecuteAsync("""
            SELECT count(*) FROM (
                SELECT id FROM documents
                WHERE expires_at <= 9e15 AND NOT EXISTS (SELECT 1 FROM messages WHERE status_key = documents.id)
                ORDER BY expires_at LIMIT 200)
            """);
        return Stopwatch.GetElapsedTime(startedAt);
    }

    private static TimeSpan Min(TimeSpan one, TimeSpan other) => one < other ? one : other;

    private static TimeSpan Max(TimeSpan one, TimeSpan other) => one > other ? one : other;
}
