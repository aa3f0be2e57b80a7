namespace OrderClient;

/// <summary>What became of an order.</summary>
internal enum Outcome
{
    /// <summary>Nothing yet.</summary>
    UnderWay,

    Succeeded,

    Failed,

    Canceled,

    /// <summary>It cannot be followed any further.</summary>
    Unavailable,

    /// <summary>The host did not take it.</summary>
    NotPlaced,

    /// <summary>The host did not answer when it was placed. It may have taken it all the same.</summary>
    Unanswered,
}
