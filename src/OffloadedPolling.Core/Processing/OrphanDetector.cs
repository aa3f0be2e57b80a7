using Microsoft.Extensions.Logging;
using OffloadedPolling.Diagnostics;

namespace OffloadedPolling.Processing;

/// <summary>
/// Notices a worker that reads its documents in the wrong place, or may not read them: several messages in a row lead to no status
/// document, and a document that was found before can no longer be read. It suspends the worker's receiving until a document is found, so
/// that the right workers get the messages.
/// </summary>
/// <remarks>While suspended, one message a minute is received: the documents of the others may really be gone.</remarks>
internal sealed class OrphanDetector(
    string kind, IOperationStatusStore store, TimeSpan retention, TimeProvider time, ILogger logger) : IDisposable
{
    private const int MaxInARow = 5;
    private static readonly TimeSpan _betweenTrials = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan _firstDelay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _longestDelay = TimeSpan.FromSeconds(10);
    private readonly CancellationTokenSource _disposed = new();
    private readonly Lock _lock = new();
    private readonly HashSet<string> _missing = new(StringComparer.Ordinal);
    private TaskCompletionSource? _suspended;
    private long _trialAt;
    private int _inARow;

    // The newest document that was found. If it can still be read, the others are missing; otherwise, reading is denied.
    private string? _foundId;

    /// <summary>Why receiving is suspended; <see langword="null"/> if it is not.</summary>
    public string? Problem { get; private set; }

    /// <summary>Takes a message whose status document was found, and resumes receiving.</summary>
    public void OnFound(string operationId)
    {
        TaskCompletionSource? suspended;
        lock (_lock)
        {
            (_foundId, _inARow) = (operationId, 0);
            _missing.Clear();
            (suspended, _suspended, Problem) = (_suspended, null, null);
        }

        if (suspended is not null)
        {
            Log.ReceivingResumed(logger, kind);
            suspended.SetResult();
        }
    }

    /// <summary>Takes a message that led to no status document.</summary>
    public async Task OnMissingAsync(ReceivedMessage message, CancellationToken cancellationToken)
    {
        // Documents that are older than the retention may well be gone.
        if (message.StatusCreatedAt is { } createdAt && time.GetUtcNow() - createdAt > retention)
        {
            return;
        }

        string? foundId;
        lock (_lock)
        {
            _inARow++;
            if (message.StatusKey is { } key && store.GetOperationId(key) is { } id && _missing.Count < MaxInARow)
            {
                _missing.Add(id);
            }

            if (_inARow < MaxInARow || _suspended is not null)
            {
                return;
            }

            foundId = _foundId;
        }

        if (foundId is null || !await ExistsAsync(foundId, cancellationToken).ConfigureAwait(false))
        {
            Suspend();
        }
    }

    /// <summary>Waits while receiving is suspended.</summary>
    /// <returns>Whether one message may be received as a trial although receiving is still suspended.</returns>
    public async Task<bool> WaitAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task suspended;
            TimeSpan untilTrial;
            lock (_lock)
            {
                if (_suspended is null)
                {
                    return false;
                }

                untilTrial = time.GetElapsedTime(time.GetTimestamp(), _trialAt);
                if (untilTrial <= TimeSpan.Zero)
                {
                    _trialAt = Timestamps.After(time, _betweenTrials);
                    return true;
                }

                suspended = _suspended.Task;
            }

            await suspended.WaitAsync(untilTrial, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    public void Dispose()
    {
        _disposed.Cancel();
        _disposed.Dispose();
    }

    private void Suspend()
    {
        lock (_lock)
        {
            if (_suspended is not null)
            {
                return;
            }

            _suspended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _trialAt = Timestamps.After(time, _betweenTrials);
            Problem =
                $"The worker of kind '{kind}' receives nothing: {MaxInARow} messages in a row led to no status document that it can read."
                    + " Check that it has the store, bucket and key prefix of the hosts that accept, and that it may read there.";
        }

        Log.ReceivingSuspended(logger, kind, MaxInARow);
        _ = ProbeUntilResumedAsync();
    }

    private async Task ProbeUntilResumedAsync()
    {
        for (var probes = 1; ; probes++)
        {
            await Backoff.DelayAsync(time, probes, _disposed.Token, _firstDelay, _longestDelay)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            List<string> ids;
            lock (_lock)
            {
                if (_suspended is null || _disposed.IsCancellationRequested)
                {
                    return;
                }

                ids = [.. _missing, .. _foundId is null ? (string[])[] : [_foundId]];
            }

            foreach (var id in ids)
            {
                if (await ExistsAsync(id, _disposed.Token).ConfigureAwait(false))
                {
                    OnFound(id);
                    return;
                }
            }
        }
    }

    // A store that fails is the circuit breaker's concern, and says nothing about the document.
    private async Task<bool> ExistsAsync(string id, CancellationToken cancellationToken)
    {
        try
        {
            return await store.GetAsync(id, cancellationToken).ConfigureAwait(false) is not null;
        }
        catch (Exception failed) when (failed is OffloadedPollingException or OperationCanceledException)
        {
            return failed is InvalidStatusDocumentException;
        }
    }
}
