using System.ComponentModel.DataAnnotations;

namespace Orders;

/// <summary>A line of an order.</summary>
public sealed record OrderItem(
    [property: Required, StringLength(100, MinimumLength = 1)] string Sku,
    [property: Range(1, 1_000_000)] int Quantity);
