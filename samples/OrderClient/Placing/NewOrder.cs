namespace OrderClient;

/// <summary>What the host is sent.</summary>
internal sealed record NewOrder(string Customer, IReadOnlyList<NewOrderItem> Items);
