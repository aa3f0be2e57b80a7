namespace OffloadedPolling.Client;

/// <summary>Points of an <see cref="InspectionGrid"/>, with the start before them.</summary>
/// <param name="Seconds">When they are, ascending; the first is 0.</param>
/// <param name="Ended">The share that has ended by each.</param>
internal sealed record InspectionPoints(double[] Seconds, double[] Ended)
{
    /// <summary>The interval after a point by Keller's rule, √(2·price/hazard).</summary>
    /// <param name="point">Not the start; from the last point on, that before it counts.</param>
    /// <param name="price">The price of a look, in seconds of delay.</param>
    public double KellerInterval(int point, double price)
    {
        var at = Math.Min(point, Seconds.Length - 2);
        var (time, share) = (Seconds[at + 1] - Seconds[at], Ended[at + 1] - Ended[at]);
        return share > 0 ? Math.Sqrt(2 * price * time * (1 - Ended[at]) / share) : double.MaxValue;
    }
}
