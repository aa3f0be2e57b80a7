using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;
using OffloadedPolling.Diagnostics;

namespace OffloadedPolling.Processing;

/// <summary>Tells a handler, once, that it should end. What the handler does about it holds nobody up.</summary>
[SuppressMessage("Reliability", "CA1001", Justification = "Without timer and wait handle the source holds nothing, and its callbacks may outlive the run.")]
internal sealed class HandlerSignal(string messageId, TimeProvider time, ILogger logger)
{
    private readonly CancellationTokenSource _source = new();

    private int _fired;

    public CancellationToken Token => _source.Token;

    public bool IsFired => Volatile.Read(ref _fired) != 0;

    public void Fire()
    {
        if (Interlocked.Exchange(ref _fired, 1) == 0)
        {
            _ = CancelAsync();
        }
    }

    // On the clock's thread: a callback of the handler's may block.
    private async Task CancelAsync()
    {
        var turn = new TaskCompletionSource();
        var timer = time.CreateTimer(static turn => ((TaskCompletionSource)turn!).TrySetResult(), turn, TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        await using (timer.ConfigureAwait(false))
        {
            await turn.Task.ConfigureAwait(false);
        }

        try
        {
            Cancel();
        }
        catch (AggregateException thrown)
        {
            Log.CancelCallbackThrew(logger, messageId, thrown);
        }
    }

    private void Cancel() => _source.Cancel();
}
