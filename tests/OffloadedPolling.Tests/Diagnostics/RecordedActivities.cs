using System.Collections.Concurrent;
using System.Diagnostics;

namespace OffloadedPolling.Tests.Diagnostics;

/// <summary>Collects the library's activities as they end. An activity is recorded if its parent is.</summary>
internal sealed class RecordedActivities : IDisposable
{
    private readonly ConcurrentQueue<Activity> _ended = new();

    private readonly ActivityListener _listener;

    public RecordedActivities()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == OffloadedPollingInstrumentation.ActivitySourceName,
            Sample = static (ref ActivityCreationOptions<ActivityContext> options) =>
                options.Parent.TraceFlags.HasFlag(ActivityTraceFlags.Recorded)
                    ? ActivitySamplingResult.AllDataAndRecorded
                    : ActivitySamplingResult.AllData,
            ActivityStopped = _ended.Enqueue,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    public IReadOnlyList<Activity> All => [.. _ended];

    public IReadOnlyList<Activity> Of(ActivityTraceId trace) => [.. _ended.Where(activity => activity.TraceId == trace)];

    public Activity One(ActivityTraceId trace, string name) =>
        Of(trace).Should().ContainSingle(activity => activity.DisplayName == name).Which;

    public void Dispose() => _listener.Dispose();
}
