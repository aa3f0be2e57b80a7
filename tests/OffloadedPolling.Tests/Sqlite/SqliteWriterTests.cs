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
        using var enter = new ManualResetEventSlim();
        var first = await HoldAsync(enter);
        var others = Enumerable.Range(0, 50).Select(number => _writer.WriteAsync(session => Insert(session, number), default)).ToList();
        var before = Commits();

        enter.Set();
        await Task.WhenAll(others.Append(first));

        Assert.InRange(Commits() - before, 1, 2);
        Assert.Equal(50L, Count());
    }

    [Fact]
    public async Task WriteAsync_OneThatFails_TakesNoOtherAlong()
    {
        using var enter = new ManualResetEventSlim();
        var first = await HoldAsync(enter);
        var good = _writer.WriteAsync(session => Insert(session, 1), default);
        var bad = _writer.WriteAsync(session => Insert(session, 2) + session.Execute("INSERT INTO nowhere VALUES (1)"), default);
        var fine = _writer.WriteAsync(session => Insert(session, 3), default);

        enter.Set();

        Assert.Equal((0, 1, 1), (await first, await good, await fine));
        Assert.Contains("nowhere", (await Assert.ThrowsAsync<SqliteException>(() => bad)).Message, StringComparison.Ordinal);
        Assert.Equal(2L, Count());
    }

    [Fact]
    public async Task WriteAsync_TheFileStaysLocked_FailsAllThatWaitTogether()
    {
        using var other = new SqliteSession(Path);
        other.Execute("BEGIN IMMEDIATE");
        var watch = System.Diagnostics.Stopwatch.StartNew();

        var waiting = Enumerable.Range(0, 20).Select(number => _writer.WriteAsync(session => Insert(session, number), default)).ToList();
        foreach (var write in waiting)
        {
            Assert.Equal(5, (await Assert.ThrowsAsync<SqliteException>(() => write)).SqliteErrorCode);
        }

        // The first may have been taken alone. Ten seconds each for 20 would be minutes.
        Assert.InRange(watch.Elapsed, TimeSpan.FromSeconds(9), TimeSpan.FromSeconds(60));
        other.Execute("COMMIT");
        Assert.Equal(1, await _writer.WriteAsync(session => Insert(session, 1), default));
    }

    [Fact]
    public async Task WriteAsync_GivenUpBeforeItsTurn_IsNotWritten()
    {
        using var cancel = new CancellationTokenSource();
        using var enter = new ManualResetEventSlim();
        var first = await HoldAsync(enter);
        var given = _writer.WriteAsync(session => Insert(session, 1), cancel.Token);

        await cancel.CancelAsync();
        enter.Set();
        await first;

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => given);
        await _writer.WriteAsync(session => Insert(session, 2), default);
        Assert.Equal(1L, Count());
    }

    [Fact]
    public async Task DisposeAsync_WritesWhatWaits()
    {
        var waiting = Enumerable.Range(0, 20).Select(number => _writer.WriteAsync(session => Insert(session, number), default)).ToList();

        await _writer.DisposeAsync();

        await Task.WhenAll(waiting);
        Assert.Equal(20L, Count());
        await Assert.ThrowsAsync<ObjectDisposedException>(() => _writer.WriteAsync(session => Insert(session, 99), default));
    }

    [Fact]
    public async Task WriteAsync_AnotherConnectionHoldsTheFileForAWhile_Waits()
    {
        using var other = new SqliteSession(Path);
        other.Execute("BEGIN IMMEDIATE");
        var writing = _writer.WriteAsync(session => Insert(session, 1), default);
        Assert.Equal(0L, Count());

        other.Execute("COMMIT");

        Assert.Equal(1, await writing.WaitAsync(TimeSpan.FromSeconds(30)));
    }

    [Fact]
    public async Task WriteAsync_AnotherWriterNeverCeases_GetsItsTurnSoon()
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
        await Eventually.TrueAsync(() => number > 1010, TimeSpan.FromSeconds(30), () => "the other writer has not begun");

        var watch = System.Diagnostics.Stopwatch.StartNew();
        for (var own = 0; own < 20; own++)
        {
            await _writer.WriteAsync(session => Insert(session, own), default);
        }

        var (took, before) = (watch.Elapsed, number);
        await Eventually.TrueAsync(() => number > before + 10, TimeSpan.FromSeconds(30), () => "the other writer was held up instead");
        await stop.CancelAsync();
        await Task.WhenAll(load);
        Assert.True(took < TimeSpan.FromSeconds(5), $"20 writes took {took}.");
    }

    /// <summary>A write that has begun, and goes on when told: what comes meanwhile goes into the next commit together.</summary>
    private async Task<Task<int>> HoldAsync(ManualResetEventSlim goOn)
    {
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var write = _writer.WriteAsync(
            _ =>
            {
                begun.SetResult();
                goOn.Wait();
                return 0;
            },
            default);
        await begun.Task;
        return write;
    }

    // As a slow disk's flush.
    private static int Slowly(Func<int> write)
    {
        var watch = System.Diagnostics.Stopwatch.StartNew();
        var result = write();
        SpinWait.SpinUntil(() => watch.ElapsedMilliseconds >= 5);
        return result;
    }

    private static int Insert(SqliteSession session, int number) => session.Execute("INSERT INTO numbers VALUES ($number)", ("$number", number));

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
