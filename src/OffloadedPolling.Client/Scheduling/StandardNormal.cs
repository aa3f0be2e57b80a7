namespace OffloadedPolling.Client;

/// <summary>The standard normal distribution, as exactly as schedules need it, in so few lines that poll.js has the same.</summary>
internal static class StandardNormal
{
    /// <summary>The probability below <paramref name="z"/>, to 1e-7.</summary>
    /// <remarks>Abramowitz and Stegun, Handbook of Mathematical Functions, 26.2.17.</remarks>
    public static double Cdf(double z)
    {
        var k = 1 / (1 + (0.2316419 * Math.Abs(z)));
        var tail = Math.Exp(-z * z / 2) / Math.Sqrt(2 * Math.PI)
            * k * (0.319381530 + (k * (-0.356563782 + (k * (1.781477937 + (k * (-1.821255978 + (k * 1.330274429))))))));
        return z < 0 ? tail : 1 - tail;
    }

    /// <summary>The value that lies above the share <paramref name="p"/> (over 0, under 1), to 5e-4.</summary>
    /// <remarks>Abramowitz and Stegun, 26.2.23.</remarks>
    public static double Quantile(double p)
    {
        var t = Math.Sqrt(-2 * Math.Log(Math.Min(p, 1 - p)));
        var z = t - ((2.515517 + (t * (0.802853 + (t * 0.010328)))) / (1 + (t * (1.432788 + (t * (0.189269 + (t * 0.001308)))))));
        return p < 0.5 ? -z : z;
    }
}
