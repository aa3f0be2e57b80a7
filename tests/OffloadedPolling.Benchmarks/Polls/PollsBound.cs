namespace OffloadedPolling.Benchmarks.Polls;

/// <summary>What must hold, and what was found.</summary>
/// <param name="What">In words.</param>
/// <param name="Found">What was found: the worst, or the mean where it says so.</param>
/// <param name="Least">It must not be less.</param>
/// <param name="Most">It must not be more.</param>
internal sealed record PollsBound(string What, double Found, double Least, double Most)
{
    public bool Holds => Found >= Least && Found <= Most;
}
