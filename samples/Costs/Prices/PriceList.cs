namespace Costs;

/// <summary>The prices of one region at one date, from <c>price-lists/*.json</c>.</summary>
/// <param name="Date">The date of the prices.</param>
/// <param name="Region">The AWS Region.</param>
/// <param name="Currency">The currency.</param>
/// <param name="Source">The source of the prices.</param>
/// <param name="PerMillion">The prices per million.</param>
/// <param name="PerGb">The prices per gigabyte.</param>
/// <param name="FreeEgressGb">The gigabytes of egress to the internet that are free each month.</param>
internal sealed record PriceList(
    string Date, string Region, string Currency, string Source, PerMillion PerMillion, PerGb PerGb, decimal FreeEgressGb);
