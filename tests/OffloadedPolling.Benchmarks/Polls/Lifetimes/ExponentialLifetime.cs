using MathNet.Numerics.Distributions;

namespace OffloadedPolling.Benchmarks.Polls.Lifetimes;

internal sealed class ExponentialLifetime(double mean) : Lifetime("exponential", 1)
{
    public override double Mean => mean;

    public override double Ended(double seconds) => seconds <= 0 ? 0 : Exponential.CDF(1 / mean, seconds);

    public override double Sample(Random random) => Exponential.Sample(random, 1 / mean);
}
