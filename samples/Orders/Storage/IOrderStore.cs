namespace Orders;

/// <summary>Where orders lie. API and workers share it.</summary>
internal interface IOrderStore
{
    /// <summary>Stores an order; a second time under the same id changes nothing.</summary>
    Task SaveAsync(Order order, CancellationToken cancellationToken);

    Task<Order?> FindAsync(string id, CancellationToken cancellationToken);
}
