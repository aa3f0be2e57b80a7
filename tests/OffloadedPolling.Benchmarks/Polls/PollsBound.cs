namespace OffloadedPolling.Benchmarks.Polls;

/// <summary>A bound, and the value that was found.</summary>
/// <param name="What">The name of the value.</param>
/// <param name="Found">The value: the worst, or the mean if the name says so.</param>
/// <param name="Least">The minimum.</param>
/// <param name="Most">The maximum.</param>
internal sealed record PollsBound(string What, double Found, double Least, double Most)
{
    public bool Holds => Found >= Least && Found <= Most;
}
