using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Runtime.ExceptionServices;

namespace OffloadedPolling.Tests.Secrecy;

/// <summary>
/// Checks everything that this process reports while the tests run, and what the processes that they start print. This includes log lines
/// at every level, with their values and scopes; activities with names, tags, events, links and baggage; the tags of measurements; and the
/// messages of the library's exceptions. If any of it contains a secret, the run fails at its end.
/// </summary>
public sealed class SecrecyWatch : IDisposable
{
    private const int LongestText = 400;

    // The runtime's own meter. Its tags are names of types.
    private const string RuntimeMeter = "System.Runtime";

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
            if (instrument.Meter.Name != RuntimeMeter)
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
    /// The texts with secrets: the first text of each source, with its secrets masked, and the number of texts.
    /// </summary>
    internal IReadOnlyDictionary<(string Channel, string Source), (string Text, int Times)> Found => _found;

    /// <summary>The number of checked texts, by channel.</summary>
    internal IReadOnlyDictionary<string, long> Heard => _heard;

    /// <summary>Checks a text.</summary>
    /// <param name="channel">The kind of text.</param>
    /// <param name="source">Where the text comes from.</param>
    /// <param name="text">The text.</param>
    internal static void Hear(string channel, string source, string? text)
    {
        foreach (var (watch, _) in _watches)
        {
            watch.Check(channel, source, text);
        }
    }

    /// <summary>Checks names and values.</summary>
    /// <param name="channel">The kind of values.</param>
    /// <param name="source">Where the values come from.</param>
    /// <param name="values">The names, with values of any type.</param>
    internal static void Hear(string channel, string source, IEnumerable<KeyValuePair<string, object?>> values)
    {
        foreach (var (watch, _) in _watches)
        {
            watch.Check(channel, source, values);
        }
    }

    /// <summary>Stops the watch.</summary>
    /// <exception cref="InvalidOperationException">A secret was found. The message contains the source and the masked text.</exception>
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
            throw new InvalidOperationException($"Secrets were found while the tests ran:\n{string.Join('\n', lines)}");
        }
    }

    private void Check(string channel, string source, string? text)
    {
        _heard.AddOrUpdate(channel, 1, static (_, times) => times + 1);
        if (text is not null && _secrets.AreIn(text, out var masked))
        {
            _found.AddOrUpdate((channel, source), (masked[..Math.Min(masked.Length, LongestText)], 1), static (_, found) =>
                (found.Text, found.Times + 1));
        }
    }

    private void Check(string channel, string source, IEnumerable<KeyValuePair<string, object?>> values)
    {
        foreach (var (name, value) in values)
        {
            Check(channel, source, $"{name}={value}");
        }
    }

    private void Hear(Activity activity)
    {
        var source = $"{activity.Source.Name}/{activity.OperationName}";
        Check("activity", source, activity.DisplayName);
        Check("activity", source, activity.StatusDescription);
        Check("activity", source, activity.TraceStateString);
        Check("activity", source, activity.TagObjects);
        Check("activity", source, activity.Baggage.Select(item => KeyValuePair.Create<string, object?>(item.Key, item.Value)));
        Check("activity", source, activity.Links.SelectMany(link => link.Tags ?? []));
        foreach (var activityEvent in activity.Events)
        {
            Check("activity", source, activityEvent.Name);
            Check("activity", source, activityEvent.Tags);
        }
    }

    private void Measure<T>()
        where T : struct => _measurements.SetMeasurementEventCallback<T>((instrument, _, tags, _) =>
        {
            foreach (var (name, value) in tags)
            {
                Check("measurement", $"{instrument.Meter.Name}/{instrument.Name}", $"{name}={value}");
            }
        });

    // Only the library's exceptions. Others are checked when they are logged, or when one of these wraps them.
    private void Hear(object? sender, FirstChanceExceptionEventArgs thrown)
    {
        if (thrown.Exception.GetType() is { Namespace: { } space } type && space.StartsWith("OffloadedPolling", StringComparison.Ordinal)
            && !space.Contains("Tests", StringComparison.Ordinal))
        {
            for (var exception = thrown.Exception; exception is not null; exception = exception.InnerException)
            {
                Check("exception", type.Name, exception.Message);
            }
        }
    }
}
