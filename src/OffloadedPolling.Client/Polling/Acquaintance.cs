namespace OffloadedPolling.Client;

/// <summary>What is known of an operation's document when a watch begins.</summary>
internal enum Acquaintance
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>It was just created.</summary>
    New,

    /// <summary>It was read, and may be of any age: an accept that was repeated, or a renewal.</summary>
    Old,
}
