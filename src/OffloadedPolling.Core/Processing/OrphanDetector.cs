using Microsoft.Extensions.Logging;
using OffloadedPolling.Diagnostics;

namespace OffloadedPolling.Processing;

/// <summary>
/// Detects a worker that reads its documents in the wrong place or has no permission to read them: several messages in a row have no status
/// document, and the newest document that was found before cannot be read, or none was found yet. It suspends receiving until a document is
/// found, so that the right workers get the messages.
/// </summary>
/// <remarks>While suspended, it receives one message per minute, because the missing documents may really no longer exist.</remarks>
internal sealed class OrphanDetector(
    string kind, IOperationStatusStore store, TimeSpan retention, TimeProvider time, ILogger logger) : IDisposable
{
    private const int MaxInARow = 5;
    private static readonly TimeSpan _betweenTrials = TimeSpan.FromMinutes(1);
    private readonly ProbedGate _gate = new(time, firstDelay: TimeSpan.FromSeconds(1), longestDelay: TimeSpan.FromSeconds(10));
    private readonly Lock _lock = new();
    private readonly HashSet<string> _missing = new(StringComparer.Ordinal);
    private long _trialAt;
    private int _inARow;

    // The newest document that was found. If it can still be read, the other documents are missing. Otherwise, reading is denied.
    private string? _foundId;

    /// <summary>The reason why receiving is suspended; <see langword="null"/> if it is not.</summary>
    public string? Problem => _gate.Problem;

    /// <summary>Handles a message whose status document was found, and resumes receiving.</summary>
    public void OnFound(string operationId)
    {
        lock (_lock)
        {
            (_foundId, _inARow) = (operationId, 0);
            _missing.Clear();
        }

        if (_gate.TryOpen())
        {
            _gate.TryForget();
            Log.ReceivingResumed(logger, kind);
        }
    }

    public async Task OnMissingAsync(ReceivedMessage message, CancellationToken cancellationToken)
    {
        // Documents that are older than the retention may no longer exist.
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

            if (_inARow < MaxInARow || Problem is not null)
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
    /// <returns>A value that indicates whether one message may be received as a trial although receiving is still suspended.</returns>
    public async Task<bool> WaitAsync(CancellationToken cancellationToken)
    {
        while (Problem is not null)
        {
            var untilTrial = time.GetElapsedTime(time.GetTimestamp(), Volatile.Read(ref _trialAt));
            if (untilTrial <= TimeSpan.Zero)
            {
                Volatile.Write(ref _trialAt, Timestamps.After(time, _betweenTrials));
                return true;
            }

            await _gate.Opened.WaitAsync(untilTrial, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellationToken.ThrowIfCancellationRequested();
        }

        return false;
    }

    public void Dispose() => _gate.Dispose();

    private void Suspend()
    {
        if (Problem is not null)
        {
            return;
        }

        Volatile.Write(ref _trialAt, Timestamps.After(time, _betweenTrials));
        var problem = $"The worker of kind '{kind}' stopped receiving because it could not find the status documents of {MaxInARow} "
            + "messages in a row. Check that it uses the same store, bucket and key prefix as the hosts that accept, and that it has "
            + "permission to read there.";
        if (_gate.TryClose(problem, out _))
        {
            Log.ReceivingSuspended(logger, kind, MaxInARow);
            _ = _gate.OpenWhenAsync(FindAnyAsync);
        }
    }

    private async Task<bool> FindAnyAsync(CancellationToken cancellationToken)
    {
        string[] ids;
        lock (_lock)
        {
            ids = [.. _missing, .. _foundId is null ? (string[])[] : [_foundId]];
        }

        foreach (var id in ids)
        {
            if (await ExistsAsync(id, cancellationToken).ConfigureAwait(false))
            {
                OnFound(id);
                return true;
            }
        }

        return false;
    }

    // The circuit breaker handles a store that fails, which says nothing about the document.
    private async Task<bool> ExistsAsync(string id, CancellationToken cancellationToken)
    {
        try
        {
            return await store.GetAsync(id, cancellationToken).ConfigureAwait(false) is not null;
        }
        catch (Exception failed)
        {
            return failed is InvalidStatusDocumentException;
        }
    }
}
