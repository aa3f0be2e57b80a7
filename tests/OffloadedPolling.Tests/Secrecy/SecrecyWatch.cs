using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Runtime.ExceptionServices;

namespace OffloadedPolling.Tests.Secrecy;

/// <summary>
/// Hears what everything in this process tells while the tests run, and what the processes that they start print: log lines at every level,
/// with their values and scopes; activities with names, tags, events, links and baggage; the tags of measurements; the texts of the
/// library's exceptions. The run fails at its end if any of it held a secret.
/// </summary>
public sealed class SecrecyWatch : IDisposable
{
    private const int LongestText = 400;

    // The runtime's own, whose tags are names of types.
    private const string CountsEveryException = "System.Runtime";

    private static readonly ConcurrentDictionary<SecrecyWatch, bool> _watches = new();

    private readonly ConcurrentDictionary<(string Channel, string Source), (string Text, int Times)> _found = new();

    private readonly ConcurrentDictionary<string, long> _heard = new();

    private readonly ActivityListener _activities;

    private readonly MeterListener _measurements = new();

    private readonly Secrets _secrets;

    /// <summary>Watches for the secrets of all tests.</summary>
    public SecrecyWatch()
        : this(Secrets.All)
    {
    }

    internal SecrecyWatch(Secrets secrets)
    {
        _secrets = secrets;
        _activities = new ActivityListener
        {
            ShouldListenTo = _ => true,
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            SampleUsingParentId = static (ref ActivityCreationOptions<string> _) => ActivitySamplingResult.AllData,
            ActivityStopped = Hear,
        };
        ActivitySource.AddActivityListener(_activities);

        _measurements.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name != CountsEveryException)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        Measure<byte>();
        Measure<short>();
        Measure<int>();
        Measure<long>();
        Measure<float>();
        Measure<double>();
        Measure<decimal>();
        _measurements.Start();

        AppDomain.CurrentDomain.FirstChanceException += Hear;
        _watches.TryAdd(this, true);
    }

    /// <summary>
    /// What was heard that should not have been: the first text of each source, without its secrets, and how many there were.
    /// </summary>
    internal IReadOnlyDictionary<(string Channel, string Source), (string Text, int Times)> Found => _found;

    /// <summary>How much was heard, by channel.</summary>
    internal IReadOnlyDictionary<string, long> Heard => _heard;

    /// <summary>Listens to a text that somebody told.</summary>
    /// <param name="channel">What sort of text it is.</param>
    /// <param name="source">Whose it is.</param>
    /// <param name="text">What was told.</param>
    internal static void Hear(string channel, string source, string? text)
    {
        foreach (var (watch, _) in _watches)
        {
            watch.Judge(channel, source, text);
        }
    }

    /// <summary>Listens to names and values.</summary>
    /// <param name="channel">What sort of values they are.</param>
    /// <param name="source">Whose they are.</param>
    /// <param name="values">Names, with values that may be of any type.</param>
    internal static void Hear(string channel, string source, IEnumerable<KeyValuePair<string, object?>> values)
    {
        foreach (var (watch, _) in _watches)
        {
            watch.Judge(channel, source, values);
        }
    }

    /// <summary>Ends the watch.</summary>
    /// <exception cref="InvalidOperationException">A secret was told: by whom, and the text without it.</exception>
    public void Dispose()
    {
        _watches.TryRemove(this, out _);
        AppDomain.CurrentDomain.FirstChanceException -= Hear;
        _activities.Dispose();
        _measurements.Dispose();
        if (!_found.IsEmpty)
        {
            var lines = _found.Select(found =>
                $"{found.Key.Channel} of {found.Key.Source}, {found.Value.Times} times: {found.Value.Text}");
            throw new InvalidOperationException($"Secrets were told while the tests ran:\n{string.Join('\n', lines)}");
        }
    }

    private void Judge(string channel, string source, string? text)
    {
        _heard.AddOrUpdate(channel, 1, static (_, times) => times + 1);
        if (text is not null && _secrets.AreIn(text, out var masked))
        {
            _found.AddOrUpdate((channel, source), (masked[..Math.Min(masked.Length, LongestText)], 1), static (_, found) =>
                (found.Text, found.Times + 1));
        }
    }

    private void Judge(string channel, string source, IEnumerable<KeyValuePair<string, object?>> values)
    {
        foreach (var (name, value) in values)
        {
            Judge(channel, source, $"{name}={value}");
        }
    }

    private void Hear(Activity activity)
    {
        var source = $"{activity.Source.Name}/{activity.OperationName}";
        Judge("activity", source, activity.DisplayName);
        Judge("activity", source, activity.StatusDescription);
        Judge("activity", source, activity.TraceStateString);
        Judge("activity", source, activity.TagObjects);
        Judge("activity", source, activity.Baggage.Select(item => KeyValuePair.Create<string, object?>(item.Key, item.Value)));
        Judge("activity", source, activity.Links.SelectMany(link => link.Tags ?? []));
        foreach (var happened in activity.Events)
        {
            Judge("activity", source, happened.Name);
            Judge("activity", source, happened.Tags);
        }
    }

    private void Measure<T>()
        where T : struct => _measurements.SetMeasurementEventCallback<T>((instrument, _, tags, _) =>
        {
            foreach (var (name, value) in tags)
            {
                Judge("measurement", $"{instrument.Meter.Name}/{instrument.Name}", $"{name}={value}");
            }
        });

    // The library's own: what others throw is judged where it is logged, or wrapped by one of these.
    private void Hear(object? sender, FirstChanceExceptionEventArgs thrown)
    {
        if (thrown.Exception.GetType() is { Namespace: { } space } type && space.StartsWith("OffloadedPolling", StringComparison.Ordinal)
            && !space.Contains("Tests", StringComparison.Ordinal))
        {
            for (var exception = thrown.Exception; exception is not null; exception = exception.InnerException)
            {
                Judge("exception", type.Name, exception.Message);
            }
        }
    }
}
