using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using OffloadedPolling.Diagnostics;

namespace OffloadedPolling.WaitTime;

/// <summary>
/// Writes the durations of one kind that this process measures to the profile that all workers and hosts share. The first ones are written
/// immediately, later ones every thirty seconds. While handlers run, it also confirms every minute that the worker still exists. Durations
/// that cannot be written are kept for the next time. If no store is registered, nothing is written.
/// </summary>
internal sealed class DurationRecorder(
    string kind, WorkDurations work, TimeProvider time, ILogger<DurationRecorder> logger, IDurationProfileStore? store = null)
{
    private const int MaxTries = 5;
    private static readonly TimeSpan _between = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan _betweenSightings = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan _longestWrite = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan _longestFlush = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan _firstRetry = TimeSpan.FromMilliseconds(100);

    private readonly string _workerId = RandomNumberGenerator.GetHexString(12, lowercase: true);
    private readonly Lock _lock = new();
    private DurationHistogram _measured = new();
    private TaskCompletionSource _any = NewSource();
    private int _slots;
    private Task _running = Task.CompletedTask;
    private bool _isListed;
    private bool _isFailing;
    private long? _writtenAt;

    /// <summary>Gets a task that is completed while there are durations to write.</summary>
    private Task Any => Volatile.Read(ref _any).Task;

    /// <summary>Starts to write the profile in a loop, until <paramref name="stop"/> is canceled.</summary>
    /// <param name="slots">The number of handlers that the worker runs at once.</param>
    /// <param name="isBusy">A function that returns whether any of them runs.</param>
    /// <param name="stop">The token that ends the loop.</param>
    public void Start(int slots, Func<bool> isBusy, CancellationToken stop)
    {
        _slots = slots;
        _running = store is null ? Task.CompletedTask : RunAsync(isBusy, stop);
    }

    /// <summary>Replaces <see cref="Start"/> if only <see cref="WriteIfDueAsync"/> writes the profile.</summary>
    public void StartWithoutLoop(int slots) => _slots = slots;

    /// <summary>Adds the duration of a run whose end was written.</summary>
    public void Record(TimeSpan duration)
    {
        lock (_lock)
        {
            _measured.Add(duration);
            _any.TrySetResult();
        }
    }

    /// <summary>Writes the measured durations, unless this was tried in the last thirty seconds. Stops after two seconds.</summary>
    public async Task WriteIfDueAsync(CancellationToken cancellationToken)
    {
        if (store is null || !Any.IsCompleted || (_writtenAt is { } writtenAt && time.GetElapsedTime(writtenAt) < _between))
        {
            return;
        }

        _writtenAt = time.GetTimestamp();
        using var patience = new CancellationTokenSource(_longestFlush, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        await TryWriteAsync(_slots, either.Token).WaitAsync(either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Writes the remaining durations when the worker has stopped, and removes the worker. Stops after two seconds.</summary>
    public async Task FlushAsync()
    {
        using var patience = new CancellationTokenSource(_longestFlush, time);
        await _running.WaitAsync(patience.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (store is not null && !patience.IsCancellationRequested && (_isListed || Any.IsCompleted))
        {
            // A store may ignore its token.
            await TryWriteAsync(slots: 0, patience.Token).WaitAsync(patience.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async Task RunAsync(Func<bool> isBusy, CancellationToken stop)
    {
        while (true)
        {
            await Any.WaitAsync(_betweenSightings - _between, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (stop.IsCancellationRequested)
            {
                return;
            }

            if (Any.IsCompleted || isBusy())
            {
                using var timeout = new CancellationTokenSource(_longestWrite, time);
                await TryWriteAsync(_slots, timeout.Token).ConfigureAwait(false);
                await Task.Delay(_between, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task TryWriteAsync(int slots, CancellationToken cancellationToken)
    {
        var taken = Take();
        Exception? cause = null;
        try
        {
            if (await WriteAsync(taken, slots, cancellationToken).ConfigureAwait(false))
            {
                (_isListed, _isFailing) = (slots > 0, false);
                return;
            }
        }
        catch (Exception failed)
        {
            // Any exception type: the work does not depend on this write.
            cause = failed;
        }

        PutBack(taken);
        if (!_isFailing)
        {
            _isFailing = true;
            Log.ProfileNotWritten(logger, kind, cause);
        }
    }

    /// <summary>Writes, and retries if another writer was faster. Returns <see langword="false"/> if others always were.</summary>
    private async Task<bool> WriteAsync(DurationHistogram measured, int slots, CancellationToken cancellationToken)
    {
        for (var tries = 1; tries <= MaxTries; tries++)
        {
            var known = work.Read(await store!.GetAsync(kind, cancellationToken).ConfigureAwait(false));
            if (known.IsNewer)
            {
                // Logged when it was read. Newer workers write the profile; the durations that this one measures are dropped.
                return true;
            }

            var profile = (known.Profile ?? DurationProfile.Empty).With(measured, _workerId, slots, time.GetUtcNow());
            if (await store.WriteAsync(kind, DurationProfileJson.Write(profile), known.Version, cancellationToken).ConfigureAwait(false)
                is { } written)
            {
                work.Set(new KnownProfile(profile, written.Version));
                return true;
            }

            await Backoff.DelayAsync(time, tries, cancellationToken, _firstRetry).ConfigureAwait(false);
        }

        return false;
    }

    private DurationHistogram Take()
    {
        lock (_lock)
        {
            (var taken, _measured, _any) = (_measured, new DurationHistogram(), NewSource());
            return taken;
        }
    }

    private void PutBack(DurationHistogram taken)
    {
        lock (_lock)
        {
            _measured.Add(taken);
            if (_measured.Total > 0)
            {
                _any.TrySetResult();
            }
        }
    }
}
