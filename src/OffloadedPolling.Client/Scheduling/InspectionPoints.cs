namespace OffloadedPolling.Client;

/// <summary>Points at equal distances of an <see cref="InspectionGrid"/>, with the start before them.</summary>
/// <param name="Seconds">When they are; the first is 0.</param>
/// <param name="Ended">The share that has ended by each.</param>
/// <param name="Distance">Between two of them, in units of √hazard·dt.</param>
internal sealed record InspectionPoints(double[] Seconds, double[] Ended, double Distance)
{
    /// <summary>How many points Keller's intervals are long at a price of a look.</summary>
    public double PointsPerLook(double price) => Math.Sqrt(2 * price) / Distance;
}
