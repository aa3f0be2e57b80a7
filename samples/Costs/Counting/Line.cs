namespace Costs;

/// <summary>One line of a bill.</summary>
/// <param name="What">What is paid for.</param>
/// <param name="Exact">What it costs.</param>
internal sealed record Line(string What, decimal Exact)
{
    /// <summary>To the cent, as it is printed and as totals count it.</summary>
    public decimal Cost => Math.Round(Exact, 2, MidpointRounding.AwayFromZero);
}
