namespace OrderClient;

/// <summary>The outcome of an order.</summary>
internal enum Outcome
{
    /// <summary>The order has not ended.</summary>
    UnderWay,

    Succeeded,

    Failed,

    Canceled,

    /// <summary>The order's status can no longer be read.</summary>
    Unavailable,

    /// <summary>The host did not accept the order.</summary>
    NotPlaced,

    /// <summary>The host did not respond to the order. It may have accepted it.</summary>
    Unanswered,
}
