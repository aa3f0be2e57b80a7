using Microsoft.Data.Sqlite;
using OffloadedPolling.Sqlite;
using OffloadedPolling.Tests.Shared;

namespace OffloadedPolling.Tests.Sqlite;

public sealed class SqliteWriterTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("writer-").FullName;

    private SqliteWriter _writer = null!;

    private string Path => System.IO.Path.Combine(_folder, "x.db");

    public ValueTask InitializeAsync()
    {
        File.Create(Path).Dispose();
        var session = new SqliteSession(Path);
        session.Execute("PRAGMA journal_mode = WAL");
        session.Execute("CREATE TABLE numbers (number INTEGER PRIMARY KEY)");
        _writer = new SqliteWriter(session);
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _writer.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task WriteAsync_ManyAtOnce_ShareCommits()
    {
        using var release = new ManualResetEventSlim();
        var first = await HoldAsync(release);
        var others = Enumerable.Range(0, 50).Select(number => _writer.WriteAsync(session => Insert(session, number), default)).ToList();
        var before = Commits();

        release.Set();
        await Task.WhenAll(others.Append(first));

        (Commits() - before).Should().BeInRange(1, 2);
        Count().Should().Be(50L);
    }

    [Fact]
    public async Task WriteAsync_OneFails_OthersSucceed()
    {
        using var release = new ManualResetEventSlim();
        var first = await HoldAsync(release);
        var good = _writer.WriteAsync(session => Insert(session, 1), default);
        var bad = _writer.WriteAsync(session => Insert(session, 2) + session.Execute("INSERT INTO nowhere VALUES (1)"), default);
        var fine = _writer.WriteAsync(session => Insert(session, 3), default);

        release.Set();

        (await first, await good, await fine).Should().Be((0, 1, 1));
        (await FluentActions.Awaiting(() => bad).Should().ThrowExactlyAsync<SqliteException>()).Which.Message.Should().Contain("nowhere");
        Count().Should().Be(2L);
    }

    [Fact]
    public async Task WriteAsync_FileStaysLocked_FailsAllWaitingTogether()
    {
        using var other = new SqliteSession(Path);
        other.Execute("BEGIN IMMEDIATE");
        var watch = System.Diagnostics.Stopwatch.StartNew();

        var waiting = Enumerable.Range(0, 20).Select(number => _writer.WriteAsync(session => Insert(session, number), default)).ToList();
        foreach (var write in waiting)
        {
            (await FluentActions.Awaiting(() => write).Should().ThrowExactlyAsync<SqliteException>()).Which.SqliteErrorCode.Should().Be(5);
        }

        // The first write may have run by itself. With ten seconds for each, 20 writes would take minutes.
        watch.Elapsed.Should().BeGreaterThanOrEqualTo(TimeSpan.FromSeconds(9)).And.BeLessThanOrEqualTo(TimeSpan.FromSeconds(60));
        other.Execute("COMMIT");
        (await _writer.WriteAsync(session => Insert(session, 1), default)).Should().Be(1);
    }

    [Fact]
    public async Task WriteAsync_CanceledWhileWaiting_IsNotWritten()
    {
        using var cancel = new CancellationTokenSource();
        using var release = new ManualResetEventSlim();
        var first = await HoldAsync(release);
        var canceled = _writer.WriteAsync(session => Insert(session, 1), cancel.Token);

        await cancel.CancelAsync();
        release.Set();
        await first;

        await FluentActions.Awaiting(() => canceled).Should().ThrowAsync<OperationCanceledException>();
        await _writer.WriteAsync(session => Insert(session, 2), default);
        Count().Should().Be(1L);
    }

    [Fact]
    public async Task DisposeAsync_CompletesWaitingWrites()
    {
        var waiting = Enumerable.Range(0, 20).Select(number => _writer.WriteAsync(session => Insert(session, number), default)).ToList();

        await _writer.DisposeAsync();

        await Task.WhenAll(waiting);
        Count().Should().Be(20L);
        await FluentActions.Awaiting(() => _writer.WriteAsync(session => Insert(session, 99), default))
            .Should().ThrowExactlyAsync<ObjectDisposedException>();
    }

    [Fact]
    public async Task WriteAsync_FileLockedBriefly_Waits()
    {
        using var other = new SqliteSession(Path);
        other.Execute("BEGIN IMMEDIATE");
        var writing = _writer.WriteAsync(session => Insert(session, 1), default);
        Count().Should().Be(0L);

        other.Execute("COMMIT");

        (await writing.WaitAsync(TimeSpan.FromSeconds(30))).Should().Be(1);
    }

    [Fact]
    public async Task WriteAsync_OtherWriterIsAlwaysBusy_GetsTurnSoon()
    {
        await using var busy = new SqliteWriter(new SqliteSession(Path));
        using var stop = new CancellationTokenSource();
        var number = 1000;
        var load = Enumerable.Range(0, 3).Select(_ => Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                await busy.WriteAsync(session => Slowly(() => Insert(session, Interlocked.Increment(ref number))), default);
            }
        })).ToList();
        await Eventually.TrueAsync(() => number > 1010, TimeSpan.FromSeconds(30), () => "the other writer has not started");

        var watch = System.Diagnostics.Stopwatch.StartNew();
        for (var own = 0; own < 20; own++)
        {
            await _writer.WriteAsync(session => Insert(session, own), default);
        }

        var (took, before) = (watch.Elapsed, number);
        await Eventually.TrueAsync(() => number > before + 10, TimeSpan.FromSeconds(30), () => "the other writer was blocked instead");
        await stop.CancelAsync();
        await Task.WhenAll(load);
        took.Should().BeLessThan(TimeSpan.FromSeconds(5), $"20 writes took {took}");
    }

    /// <summary>Starts a write that blocks until it is released. Later writes then share the next commit.</summary>
    private async Task<Task<int>> HoldAsync(ManualResetEventSlim release)
    {
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var write = _writer.WriteAsync(
            _ =>
            {
                begun.SetResult();
                release.Wait();
                return 0;
            },
            default);
        await begun.Task;
        return write;
    }

    // Simulates the flush of a slow disk.
    private static int Slowly(Func<int> write)
    {
        var watch = System.Diagnostics.Stopwatch.StartNew();
        var result = write();
        SpinWait.SpinUntil(() => watch.ElapsedMilliseconds >= 5);
        return result;
    }

    private static int Insert(SqliteSession session, int number) =>
        session.Execute("INSERT INTO numbers VALUES ($number)", ("$number", number));

    private long Commits() => new FileInfo(Path + "-wal") is { Exists: true } log ? CountCommits(log) : 0;

    private static long CountCommits(FileInfo log)
    {
        // https://www.sqlite.org/fileformat2.html#the_write_ahead_log: a frame that ends a commit has the file's size in its second field.
        using var stream = new FileStream(log.FullName, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var frame = new byte[24 + 4096];
        stream.Position = 32;
        long commits = 0;
        while (stream.ReadAtLeast(frame, frame.Length, throwOnEndOfStream: false) == frame.Length)
        {
            commits += System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(frame.AsSpan(4)) > 0 ? 1 : 0;
        }

        return commits;
    }

    private long Count()
    {
        using var session = new SqliteSession(Path);
        return session.ReadFirst("SELECT count(*) FROM numbers", row => row.GetInt64(0));
    }
}
