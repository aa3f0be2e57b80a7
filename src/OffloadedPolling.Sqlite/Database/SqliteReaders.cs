using System.Collections.Concurrent;

namespace OffloadedPolling.Sqlite;

/// <summary>A pool of sessions for concurrent reads. Reads never wait for writes.</summary>
internal sealed class SqliteReaders(string path) : IDisposable
{
    private readonly ConcurrentBag<SqliteSession> _idle = [];

    private bool _disposed;

    public T Read<TState, T>(TState state, Func<SqliteSession, TState, T> read)
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed), this);
        if (!_idle.TryTake(out var session))
        {
            session = new SqliteSession(path);
        }

        try
        {
            return read(session, state);
        }
        finally
        {
            _idle.Add(session);
            if (Volatile.Read(ref _disposed))
            {
                DisposeIdle();
            }
        }
    }

    public void Dispose()
    {
        Volatile.Write(ref _disposed, true);
        DisposeIdle();
    }

    private void DisposeIdle()
    {
        while (_idle.TryTake(out var session))
        {
            session.Dispose();
        }
    }
}
