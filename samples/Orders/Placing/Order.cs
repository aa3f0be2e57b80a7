namespace Orders;

/// <summary>An order that was created. Its ID is the operation's ID.</summary>
public sealed record Order(string Id, string Customer, IReadOnlyList<OrderItem> Items, DateTimeOffset CreatedAt);
