using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;
using OffloadedPolling.Diagnostics;

namespace OffloadedPolling.Processing;

/// <summary>
/// The token of one run's handler. It tells the handler, once, to end. What the handler's callbacks do about that delays nobody: a callback
/// that blocks is reported, and blocks only a thread.
/// </summary>
[SuppressMessage("Reliability", "CA1001", Justification = "Without timer and wait handle the source holds nothing, and its callbacks "
    + "may outlive the run.")]
internal sealed class HandlerSignal(string messageId, TimeProvider time, ILogger logger)
{
    // Disposing a source waits for a callback that runs on it, so this one is never disposed, nor linked to another.
    private readonly CancellationTokenSource _source = new();

    private readonly TaskCompletionSource _blocked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _fired;

    /// <summary>How long a handler may take to end once it was told to: longer callbacks count as blocked.</summary>
    public static TimeSpan Patience { get; } = TimeSpan.FromSeconds(2);

    public CancellationToken Token => _source.Token;

    public bool IsFired => Volatile.Read(ref _fired) != 0;

    /// <summary>Completes when a callback of the handler's has blocked for longer than <see cref="Patience"/>.</summary>
    public Task Blocked => _blocked.Task;

    /// <summary>Fires when <paramref name="token"/> does.</summary>
    public CancellationTokenRegistration FireWith(CancellationToken token) =>
        token.UnsafeRegister(static signal => ((HandlerSignal)signal!).Fire(), this);

    public void Fire()
    {
        if (Interlocked.Exchange(ref _fired, 1) == 0)
        {
            _ = CancelAsync();
        }
    }

    // On the clock's thread, since callbacks run on the thread that cancels.
    private async Task CancelAsync()
    {
        var turn = new TaskCompletionSource();
        var timer = time.CreateTimer(
            static turn => ((TaskCompletionSource)turn!).TrySetResult(), turn, TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        await using (timer.ConfigureAwait(false))
        {
            await turn.Task.ConfigureAwait(false);
        }

        var patience = time.CreateTimer(
            static blocked => ((TaskCompletionSource)blocked!).TrySetResult(), _blocked, Patience, Timeout.InfiniteTimeSpan);
        await using (patience.ConfigureAwait(false))
        {
            Cancel();
        }
    }

    private void Cancel()
    {
        try
        {
            _source.Cancel();
        }
        catch (AggregateException thrown)
        {
            Log.CancelCallbackThrew(logger, messageId, thrown);
        }
    }
}
