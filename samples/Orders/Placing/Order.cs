namespace Orders;

/// <summary>An order that was created. Its id is its operation's.</summary>
public sealed record Order(string Id, string Customer, IReadOnlyList<OrderItem> Items, DateTimeOffset CreatedAt);
