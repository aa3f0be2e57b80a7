namespace OffloadedPolling.Diagnostics;

/// <summary>What came of a message, as its span tells it.</summary>
internal static class MessageOutcomes
{
    public const string Succeeded = "succeeded";

    public const string Failed = "failed";

    public const string Canceled = "canceled";

    /// <summary>Its operation was delivered as often as is allowed, and ended as <c>Failed</c>.</summary>
    public const string GivenUp = "given_up";

    /// <summary>Delivered again, and its operation has ended already.</summary>
    public const string AlreadyEnded = "already_ended";

    /// <summary>Sent for an earlier document with the same key.</summary>
    public const string Superseded = "superseded";

    /// <summary>A dead letter whose operation never began: it was sent again.</summary>
    public const string Resent = "resent";

    /// <summary>Another message, or a newer delivery of this one, runs the operation.</summary>
    public const string OwnedElsewhere = "anothers";

    /// <summary>It became another worker's while the handler ran.</summary>
    public const string Lost = "lost";

    /// <summary>The handler threw; it comes again.</summary>
    public const string Retried = "retried";

    /// <summary>Given back as the host stopped.</summary>
    public const string Stopped = "stopped";

    /// <summary>Given back as the host stopped, and its handler has not ended.</summary>
    public const string Abandoned = "abandoned";

    /// <summary>It belongs to no operation of its queue, or is no payload.</summary>
    public const string Invalid = "invalid";

    /// <summary>The store or the queue failed; it comes again.</summary>
    public const string Left = "left";
}
