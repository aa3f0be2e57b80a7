namespace OrderClient;

/// <summary>A line of an order.</summary>
internal sealed record NewOrderItem(string Sku, int Quantity);
