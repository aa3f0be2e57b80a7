using System.Text.Json.Serialization;

namespace Costs;

/// <summary>What one way of answering polls costs in a month.</summary>
/// <param name="Name">The way.</param>
/// <param name="Lines">What it consists of.</param>
internal sealed record Bill(string Name, IReadOnlyList<Line> Lines)
{
    /// <summary>The sum of the lines as they are printed.</summary>
    public decimal Total => Lines.Sum(line => line.Cost);

    /// <summary>The sum before rounding.</summary>
    [JsonIgnore]
    public decimal Exact => Lines.Sum(line => line.Exact);
}
