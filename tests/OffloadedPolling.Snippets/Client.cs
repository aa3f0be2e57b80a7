using OffloadedPolling.Client;

namespace Snippets;

internal static class Client
{
    public static TimeSpan Schedule(OperationStatus status, TimeSpan elapsed)
    {
        var schedule = new PollSchedule(status.Estimate, targetDelay: TimeSpan.FromSeconds(1));
        var wait = schedule.NextDelay(elapsed);   // since status.LastUpdatedAt
        return wait;
    }
}
