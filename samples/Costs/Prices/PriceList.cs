namespace Costs;

/// <summary>What things cost, in one region, at one date. Editable: <c>price-lists/*.json</c>.</summary>
/// <param name="Date">When these were the prices.</param>
/// <param name="Region">Where.</param>
/// <param name="Currency">In what.</param>
/// <param name="Source">Where they are from.</param>
/// <param name="PerMillion">What is sold by the million.</param>
/// <param name="PerGb">What is sold by the gigabyte.</param>
/// <param name="FreeEgressGb">The gigabytes to the internet that are free each month.</param>
internal sealed record PriceList(
    string Date, string Region, string Currency, string Source, PerMillion PerMillion, PerGb PerGb, decimal FreeEgressGb);
