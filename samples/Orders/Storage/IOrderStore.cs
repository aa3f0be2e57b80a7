namespace Orders;

/// <summary>Stores orders. API and workers share the store.</summary>
internal interface IOrderStore
{
    /// <summary>Stores an order. If the ID exists, nothing changes.</summary>
    Task SaveAsync(Order order, CancellationToken cancellationToken);

    Task<Order?> FindAsync(string id, CancellationToken cancellationToken);
}
