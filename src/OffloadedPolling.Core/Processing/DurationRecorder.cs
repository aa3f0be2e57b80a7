using System.Collections.Concurrent;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using OffloadedPolling.WaitTime;

namespace OffloadedPolling.Processing;

/// <summary>Takes what this process's workers measure, and has it written to the profiles that all workers and hosts share.</summary>
internal sealed class DurationRecorder(DurationProfiles profiles, TimeProvider time, ILogger<DurationRecorder> logger, IDurationProfileStore? store = null)
{
    private readonly ConcurrentDictionary<string, ProfileWriter> _writers = new(StringComparer.Ordinal);

    private readonly string _workerId = RandomNumberGenerator.GetHexString(12, lowercase: true);

    /// <summary>Begins to write a kind's profile. Where no store is registered, nothing is written.</summary>
    /// <param name="kind">The kind's name.</param>
    /// <param name="slots">How many handlers the worker runs at once.</param>
    /// <param name="isBusy">Whether it is running any.</param>
    /// <param name="stop">Ends the writing, but for what <see cref="FlushAsync"/> writes.</param>
    public void Start(string kind, int slots, Func<bool> isBusy, CancellationToken stop)
    {
        if (store is not null)
        {
            var writer = _writers[kind] = new ProfileWriter(kind, _workerId, slots, isBusy, store, profiles, time, logger);
            writer.Start(stop);
        }
    }

    /// <summary>Begins to take a kind's durations, to be written by <see cref="WriteIfDueAsync"/> alone.</summary>
    /// <param name="kind">The kind's name.</param>
    /// <param name="slots">How many handlers the process runs at once.</param>
    public void StartWithoutLoop(string kind, int slots)
    {
        if (store is not null)
        {
            _writers[kind] = new ProfileWriter(kind, _workerId, slots, () => false, store, profiles, time, logger);
        }
    }

    /// <summary>Writes what was measured, unless that was done within the last thirty seconds. Gives up after two seconds.</summary>
    public Task WriteIfDueAsync(string kind, CancellationToken cancel) =>
        _writers.TryGetValue(kind, out var writer) ? writer.WriteIfDueAsync(cancel) : Task.CompletedTask;

    /// <summary>Takes the duration of a run whose end was written.</summary>
    public void Record(string kind, TimeSpan duration)
    {
        if (_writers.TryGetValue(kind, out var writer))
        {
            writer.Add(duration);
        }
    }

    /// <summary>Writes what is left when a worker has stopped, and takes the worker out. Gives up after two seconds.</summary>
    public Task FlushAsync(string kind) => _writers.TryRemove(kind, out var writer) ? writer.FlushAsync() : Task.CompletedTask;
}
