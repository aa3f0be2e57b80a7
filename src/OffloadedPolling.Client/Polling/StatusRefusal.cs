namespace OffloadedPolling.Client;

/// <summary>Why a status URL shows nothing, as far as the store tells.</summary>
internal enum StatusRefusal
{
    /// <summary>The URL, or the credentials behind it, have expired.</summary>
    Expired,

    /// <summary>The URL is good, and there is no document.</summary>
    Missing,

    /// <summary>
    /// The store does not tell apart what it refuses. Ceph says plain <c>AccessDenied</c> of whatever it is; S3 says it also of a missing
    /// document where the signer may not list the bucket.
    /// </summary>
    Unclear,
}
