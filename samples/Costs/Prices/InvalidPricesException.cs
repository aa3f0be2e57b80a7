namespace Costs;

/// <summary>A price list that cannot be counted with.</summary>
internal sealed class InvalidPricesException(string path, string why)
    : Exception($"'{path}' is no price list: {why} Copy price-lists/2026-11.json and change the figures.");
