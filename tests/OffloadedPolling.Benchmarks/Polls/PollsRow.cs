namespace OffloadedPolling.Benchmarks.Polls;

/// <summary>A way to poll, beside the schedule at the same mean delay.</summary>
/// <param name="Durations">How long operations take.</param>
/// <param name="Way">The way.</param>
/// <param name="Polls">Its polls for each operation.</param>
/// <param name="Delay">Its mean delay, in seconds.</param>
/// <param name="Scheduled">The schedule's polls at that delay, or at the longest below it that it has.</param>
/// <param name="ToOptimal">The schedule's polls over the optimum's, at the schedule's delay.</param>
/// <param name="ToFixed">The schedule's polls over the fixed interval's, at the schedule's delay.</param>
/// <param name="LearntToOptimal">As <paramref name="ToOptimal"/>, after learning from 200 operations: mean of the seeded runs.</param>
/// <param name="LearntToFixed">As <paramref name="ToFixed"/>, likewise.</param>
internal sealed record PollsRow(
    string Durations, string Way, double Polls, double Delay, double Scheduled, double ToOptimal, double ToFixed,
    double LearntToOptimal, double LearntToFixed);
