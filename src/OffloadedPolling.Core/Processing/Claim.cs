namespace OffloadedPolling.Processing;

/// <summary>What a worker that received a message may do with its operation.</summary>
internal enum Claim
{
    /// <summary>Run it: nobody does, or the worker that did has lost the message to this delivery.</summary>
    Run,

    /// <summary>Write <c>Canceled</c>: somebody asked for it, and nobody runs it.</summary>
    Cancel,

    /// <summary>Write <c>Failed</c>: its last allowed attempt began and never came to an end.</summary>
    GiveUp,

    /// <summary>Delete the message: the operation has ended.</summary>
    Ended,

    /// <summary>Delete the message: it was sent for an earlier document with the same id, which was deleted or has expired.</summary>
    Superseded,

    /// <summary>Leave the message to its redelivery: another message, or a newer delivery of this one, runs the operation.</summary>
    Anothers,
}
