using Microsoft.Extensions.Logging;
using OffloadedPolling.Diagnostics;
using OffloadedPolling.WaitTime;

namespace OffloadedPolling.Processing;

/// <summary>
/// Writes what one worker measures of one kind: the first durations at once, later ones thirty seconds apart, and every minute that it is
/// still there while its handlers run. What cannot be written is kept for the next time.
/// </summary>
/// <param name="kind">The kind's name.</param>
/// <param name="workerId">What the worker is listed as.</param>
/// <param name="slots">How many handlers it runs at once.</param>
/// <param name="isBusy">Whether it is running any.</param>
/// <param name="store">Where the profiles lie.</param>
/// <param name="profiles">Is told what was written.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Is told when writing begins to fail.</param>
internal sealed class ProfileWriter(
    string kind,
    string workerId,
    int slots,
    Func<bool> isBusy,
    IDurationProfileStore store,
    DurationProfiles profiles,
    TimeProvider time,
    ILogger logger)
{
    private const int MaxTries = 5;

    private static readonly TimeSpan _between = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan _betweenSightings = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan _longestWrite = TimeSpan.FromSeconds(20);

    private static readonly TimeSpan _longestFlush = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan _firstRetry = TimeSpan.FromMilliseconds(100);

    private readonly MeasuredDurations _measured = new();

    private Task _running = Task.CompletedTask;

    private bool _isListed;

    private bool _isFailing;

    private long? _writtenAt;

    public void Start(CancellationToken stop) => _running = RunAsync(stop);

    /// <summary>Takes a duration, to be written when it is time.</summary>
    public void Add(TimeSpan duration) => _measured.Add(duration);

    /// <summary>After the stop: writes what is left, takes the worker out, and gives up after two seconds.</summary>
    public async Task FlushAsync()
    {
        using var patience = new CancellationTokenSource(_longestFlush, time);
        // A store may not hear that its time is over.
        await WriteTheRestAsync(patience.Token).WaitAsync(patience.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>In the place of <see cref="Start"/>: writes what was measured, unless that was tried within the last thirty seconds.</summary>
    public async Task WriteIfDueAsync(CancellationToken cancel)
    {
        if (!_measured.Any.IsCompleted || (_writtenAt is { } writtenAt && time.GetElapsedTime(writtenAt) < _between))
        {
            return;
        }

        _writtenAt = time.GetTimestamp();
        using var patience = new CancellationTokenSource(_longestFlush, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancel);
        await TryWriteAsync(slots, either.Token).WaitAsync(either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task WriteTheRestAsync(CancellationToken cancel)
    {
        await _running.WaitAsync(cancel).ConfigureAwait(false);
        if (_isListed || _measured.Any.IsCompleted)
        {
            await TryWriteAsync(slotsNow: 0, cancel).ConfigureAwait(false);
        }
    }

    private async Task RunAsync(CancellationToken stop)
    {
        while (true)
        {
            await _measured.Any.WaitAsync(_betweenSightings - _between, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (stop.IsCancellationRequested)
            {
                return;
            }

            if (_measured.Any.IsCompleted || isBusy())
            {
                using (var timeout = new CancellationTokenSource(_longestWrite, time))
                {
                    await TryWriteAsync(slots, timeout.Token).ConfigureAwait(false);
                }

                await Task.Delay(_between, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task TryWriteAsync(int slotsNow, CancellationToken cancel)
    {
        var measured = _measured.Take();
        Exception? cause = null;
        try
        {
            if (await WriteAsync(measured, slotsNow, cancel).ConfigureAwait(false))
            {
                (_isListed, _isFailing) = (slotsNow > 0, false);
                return;
            }
        }
        catch (Exception failed)
        {
            // Whatever it was: the work does not depend on it.
            cause = failed;
        }

        _measured.PutBack(measured);
        if (!_isFailing)
        {
            _isFailing = true;
            Log.ProfileNotWritten(logger, kind, cause);
        }
    }

    /// <summary>Writes, again where another writer came first; <see langword="false"/> if others always did.</summary>
    private async Task<bool> WriteAsync(DurationHistogram measured, int slotsNow, CancellationToken cancel)
    {
        for (var tries = 1; tries <= MaxTries; tries++)
        {
            var known = profiles.Read(kind, await store.GetAsync(kind, cancel).ConfigureAwait(false));
            if (known.IsNewer)
            {
                // Logged when it was read. The newer workers write; what this one measures is left out.
                return true;
            }

            var profile = (known.Profile ?? DurationProfile.Empty).With(measured, workerId, slotsNow, time.GetUtcNow());
            if (await store.WriteAsync(kind, DurationProfileJson.Write(profile), known.Version, cancel).ConfigureAwait(false) is { } written)
            {
                profiles.Set(kind, new KnownProfile(profile, written.Version));
                return true;
            }

            await Backoff.DelayAsync(time, tries, cancel, _firstRetry).ConfigureAwait(false);
        }

        return false;
    }
}
