using System.Collections.Concurrent;

namespace OffloadedPolling.Tests.Shared;

/// <summary>Controls what a <see cref="ParcelHandler"/> does for each addressee, and records what it did.</summary>
internal sealed class HandlerScript
{
    private int _atOnce;

    private int _waiting;

    public ConcurrentDictionary<string, Exception> Throw { get; } = new();

    public ConcurrentDictionary<string, string> Result { get; } = new();

    public ConcurrentDictionary<string, int> Steps { get; } = new();

    public ConcurrentDictionary<string, string> Message { get; } = new();

    /// <summary>The percentage to report before the message.</summary>
    public ConcurrentDictionary<string, int> Percent { get; } = new();

    public ConcurrentDictionary<string, bool> Wait { get; } = new();

    /// <summary>Addressees whose handler waits for <see cref="Wake"/> after these progress reports.</summary>
    public ConcurrentDictionary<string, bool> WaitAfterProgress { get; } = new();

    /// <summary>Addressees whose handler ignores cancellation and waits for <see cref="Wake"/>.</summary>
    public ConcurrentDictionary<string, bool> Deaf { get; } = new();

    public TaskCompletionSource Wake { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ConcurrentQueue<string> Delivered { get; } = new();

    public ConcurrentQueue<Exception> Refused { get; } = new();

    public int MostAtOnce { get; private set; }

    public int Waiting => Volatile.Read(ref _waiting);

    public void Enter()
    {
        lock (Throw)
        {
            MostAtOnce = Math.Max(MostAtOnce, ++_atOnce);
        }
    }

    public void Leave()
    {
        lock (Throw)
        {
            _atOnce--;
        }
    }

    public Task WaitUntilWokenAsync()
    {
        Interlocked.Increment(ref _waiting);
        return Wake.Task;
    }

    public Task WaitForeverAsync(CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _waiting);
        return Task.Delay(Timeout.Infinite, cancellationToken);
    }
}
