namespace Costs;

/// <summary>One line of a bill.</summary>
/// <param name="What">The item.</param>
/// <param name="Exact">The cost.</param>
internal sealed record Line(string What, decimal Exact)
{
    /// <summary>Gets the cost rounded to the cent, as printed and as used in totals.</summary>
    public decimal Cost => Math.Round(Exact, 2, MidpointRounding.AwayFromZero);
}
