using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;
using OffloadedPolling.Diagnostics;

namespace OffloadedPolling.Processing;

/// <summary>Tells a handler, once, that it should end. What the handler does about it holds nobody up.</summary>
[SuppressMessage("Reliability", "CA1001", Justification = "Without timer and wait handle the source holds nothing, and its callbacks may outlive the run.")]
internal sealed class HandlerSignal(string messageId, ILogger logger)
{
    private readonly CancellationTokenSource _source = new();

    public CancellationToken Token => _source.Token;

    public bool IsFired => _source.IsCancellationRequested;

    public void Fire()
    {
        if (!IsFired)
        {
            _ = RunCallbacksAsync();
        }
    }

    private async Task RunCallbacksAsync()
    {
        try
        {
            await _source.CancelAsync().ConfigureAwait(false);
        }
        catch (AggregateException thrown)
        {
            Log.CancelCallbackThrew(logger, messageId, thrown);
        }
    }
}
