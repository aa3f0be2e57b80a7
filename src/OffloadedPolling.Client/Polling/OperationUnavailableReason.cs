namespace OffloadedPolling.Client;

/// <summary>Why an operation cannot be followed any further.</summary>
public enum OperationUnavailableReason
{
    /// <summary>
    /// The status URL has expired, and no operation URL is known where a new one is to be had; or the URLs that the host issues anew have
    /// expired too, five in a row.
    /// </summary>
    Expired,

    /// <summary>There is no status any more, its retention being over, or there never was.</summary>
    Missing,

    /// <summary>
    /// The host does not let this caller have a status URL, or the store refuses one that the host has just issued. Also a status URL that
    /// is refused for a reason that the store does not tell apart, where no operation URL is known.
    /// </summary>
    Forbidden,
}
