namespace OffloadedPolling.Benchmarks.Polls;

/// <summary>Compares a way to poll with the schedule at the same mean delay.</summary>
/// <param name="Durations">How long operations take.</param>
/// <param name="Way">The way to poll.</param>
/// <param name="Polls">Its polls for each operation.</param>
/// <param name="Delay">Its mean delay, in seconds.</param>
/// <param name="Scheduled">The schedule's polls at that delay, or at the next shorter delay that it has.</param>
/// <param name="ToOptimal">The schedule's polls divided by the optimum's, at the schedule's delay.</param>
/// <param name="ToFixed">The schedule's polls divided by the fixed interval's, at the schedule's delay.</param>
/// <param name="LearntToOptimal">As <paramref name="ToOptimal"/>, after learning from 200 operations, as the mean of the runs.</param>
/// <param name="LearntToFixed">As <paramref name="ToFixed"/>, after learning from 200 operations, as the mean of the runs.</param>
internal sealed record PollsRow(
    string Durations, string Way, double Polls, double Delay, double Scheduled, double ToOptimal, double ToFixed,
    double LearntToOptimal, double LearntToFixed);
