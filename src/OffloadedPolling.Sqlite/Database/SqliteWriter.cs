using System.Threading.Channels;
using Microsoft.Data.Sqlite;

namespace OffloadedPolling.Sqlite;

/// <summary>
/// Runs this process's writes sequentially on one connection. Writes that arrive during a commit share the next one, so that under load a
/// write costs only a fraction of a disk flush.
/// </summary>
internal sealed class SqliteWriter : IAsyncDisposable
{
    private const int MaxBatch = 100;

    private static readonly TimeSpan _betweenTries = TimeSpan.FromMilliseconds(1);

    private static readonly TimeSpan _longestStretch = TimeSpan.FromMilliseconds(50);

    // Longer than the interval between two tries of another process.
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(4);

    // Other processes that use the file follow the machine's clock, so the host's TimeProvider is not used.
    private readonly TimeProvider _clock = TimeProvider.System;

    private readonly SqliteSession _session;

    private readonly FilePresence? _file;

    private readonly Channel<IWrite> _waiting = Channel.CreateUnbounded<IWrite>(new() { SingleReader = true });

    private readonly Task _running;

    private long? _busySince;

    public SqliteWriter(SqliteSession session, FilePresence? file = null)
    {
        _session = session;
        _file = file;
        _running = Task.Run(RunAsync);
    }

    /// <summary>Runs statements within a transaction, and returns the result when they are on the disk.</summary>
    /// <exception cref="SqliteException">The statements failed and were rolled back.</exception>
    public async Task<T> WriteAsync<T>(Func<SqliteSession, T> statements, CancellationToken cancellationToken)
    {
        var write = new Write<T>(statements, cancellationToken);
        ObjectDisposedException.ThrowIf(!_waiting.Writer.TryWrite(write), this);
        return await write.Done.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        _waiting.Writer.TryComplete();
        await _running.ConfigureAwait(false);
        _session.Dispose();
    }

    private async Task RunAsync()
    {
        var batch = new List<IWrite>(MaxBatch);
        while (await _waiting.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            while (batch.Count < MaxBatch && _waiting.Reader.TryRead(out var write))
            {
                if (!write.WasGivenUp())
                {
                    batch.Add(write);
                }
            }

            await CommitAsync(batch).ConfigureAwait(false);
            batch.Clear();
            await LetOthersInAsync().ConfigureAwait(false);
        }
    }

    private async Task CommitAsync(List<IWrite> batch)
    {
        while (batch.Count > 0 && await TryCommitAsync(batch).ConfigureAwait(false) is var (failure, culprit))
        {
            if (culprit is null)
            {
                batch.ForEach(write => write.Fail(failure));
                return;
            }

            // The other writes are retried without the one that failed.
            culprit.Fail(failure);
            batch.Remove(culprit);
        }
    }

    /// <summary>
    /// Returns the failure and the write that caused it, which is null if the transaction itself failed. Returns null on success.
    /// </summary>
    private async Task<(Exception Failure, IWrite? Culprit)?> TryCommitAsync(List<IWrite> batch)
    {
        IWrite? running = null;
        try
        {
            _file?.Check(_session.Handle, isRefusal: true);
            await BeginAsync().ConfigureAwait(false);
            foreach (var write in batch)
            {
                running = write;
                write.Run(_session);
            }

            running = null;
            _session.Execute("COMMIT");
            // A write to a lost file has failed.
            _file?.Check(_session.Handle, isRefusal: false);
        }
        catch (Exception failed)
        {
            RollBack();
            return (failed, running);
        }

        batch.ForEach(write => write.Complete());
        return null;
    }

    // SQLite itself retries every 100 ms, and misses the gaps that a busy process leaves.
    private async Task BeginAsync()
    {
        var startedAt = _clock.GetTimestamp();
        while (!_session.TryBeginImmediate())
        {
            if (_clock.GetElapsedTime(startedAt) >= SqliteSession.BusyTimeout)
            {
                throw new SqliteException("database is locked", SQLitePCL.raw.SQLITE_BUSY);
            }

            await Task.Delay(_betweenTries, _clock, CancellationToken.None).ConfigureAwait(false);
        }
    }

    // Without a pause, a process that writes continuously would lock out the others.
    private async Task LetOthersInAsync()
    {
        if (!_waiting.Reader.TryPeek(out _))
        {
            _busySince = null;
        }
        else if (_clock.GetElapsedTime(_busySince ??= _clock.GetTimestamp()) >= _longestStretch)
        {
            await Task.Delay(_pause, _clock, CancellationToken.None).ConfigureAwait(false);
            _busySince = null;
        }
    }

    private void RollBack()
    {
        try
        {
            _session.Execute("ROLLBACK");
        }
        catch (Exception)
        {
            // SQLite has already rolled back, as when the disk is full, or the transaction never began.
        }
    }

    private interface IWrite
    {
        bool WasGivenUp();

        void Run(SqliteSession session);

        void Complete();

        void Fail(Exception failure);
    }

    private sealed class Write<T>(Func<SqliteSession, T> statements, CancellationToken cancellationToken) : IWrite
    {
        private readonly TaskCompletionSource<T> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

        private T _result = default!;

        public Task<T> Done => _done.Task;

        public bool WasGivenUp() => cancellationToken.IsCancellationRequested && _done.TrySetCanceled(cancellationToken);

        public void Run(SqliteSession session) => _result = statements(session);

        public void Complete() => _done.TrySetResult(_result);

        public void Fail(Exception failure) => _done.TrySetException(failure);
    }
}
