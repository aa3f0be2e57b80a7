namespace OffloadedPolling.Processing;

/// <summary>What becomes of a message after its processing.</summary>
internal enum MessageDisposition
{
    /// <summary>Done with: its operation has ended.</summary>
    Delete,

    /// <summary>Left alone: it is delivered again when its visibility timeout ends, and dead-letters in the end.</summary>
    Leave,

    /// <summary>Given back: it is delivered again at once.</summary>
    Release,
}
