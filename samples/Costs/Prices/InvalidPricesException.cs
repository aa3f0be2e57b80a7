namespace Costs;

/// <summary>The exception that is thrown when a price list is not valid.</summary>
internal sealed class InvalidPricesException(string path, string why)
    : Exception($"'{path}' is not a valid price list: {why} Copy price-lists/2026-11.json and change the figures.");
