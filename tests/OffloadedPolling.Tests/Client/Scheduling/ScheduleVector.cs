using System.Text.Json;
using OffloadedPolling.Tests.Shared;

namespace OffloadedPolling.Tests.Client.Scheduling;

/// <summary>A test vector of poll-schedule-vectors.json, which every implementation of the schedule must match.</summary>
public sealed record ScheduleVector(string Name, OperationEstimate? Estimate, double TargetDelay, double[] Elapsed, double[] NextDelay)
{
    public static string File { get; } = Repository.PathOf("tests/OffloadedPolling.Tests/Client/Scheduling/poll-schedule-vectors.json");

    public static IReadOnlyList<ScheduleVector> All { get; } =
        JsonSerializer.Deserialize<ScheduleVector[]>(System.IO.File.ReadAllBytes(File), JsonSerializerOptions.Web)!;

    public override string ToString() => Name;
}
