namespace OffloadedPolling.Benchmarks.Polls.Lifetimes;

/// <summary>A mix of fast and slow operations.</summary>
internal sealed class MixedLifetime(string name, double shareOfFast, Lifetime fast, Lifetime slow) : Lifetime(name, 2)
{
    public override double Mean => (shareOfFast * fast.Mean) + ((1 - shareOfFast) * slow.Mean);

    public override double Ended(double seconds) => (shareOfFast * fast.Ended(seconds)) + ((1 - shareOfFast) * slow.Ended(seconds));

    public override double Sample(Random random) => (random.NextDouble() < shareOfFast ? fast : slow).Sample(random);
}
