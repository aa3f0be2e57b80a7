using System.Text.Json.Serialization;

namespace Costs;

/// <summary>The costs of one way to answer polls in a month.</summary>
/// <param name="Name">The name of the way.</param>
/// <param name="Lines">The lines of the bill.</param>
internal sealed record Bill(string Name, IReadOnlyList<Line> Lines)
{
    /// <summary>Gets the sum of the printed lines.</summary>
    public decimal Total => Lines.Sum(line => line.Cost);

    /// <summary>Gets the sum before rounding.</summary>
    [JsonIgnore]
    public decimal Exact => Lines.Sum(line => line.Exact);
}
