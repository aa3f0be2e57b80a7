namespace OrderClient;

/// <summary>The request that is sent to the host.</summary>
internal sealed record NewOrder(string Customer, IReadOnlyList<NewOrderItem> Items);
