using MathNet.Numerics.Distributions;

namespace OffloadedPolling.Benchmarks.Polls.Lifetimes;

internal sealed class LogNormalLifetime(double mean, double sigma, string? name = null) : Lifetime(name ?? $"log-normal, σ {sigma}", 1)
{
    private readonly double _mu = Math.Log(mean) - (sigma * sigma / 2);

    public override double Mean => mean;

    public override double Ended(double seconds) => seconds <= 0 ? 0 : LogNormal.CDF(_mu, sigma, seconds);

    public override double Sample(Random random) => LogNormal.Sample(random, _mu, sigma);
}
