namespace OffloadedPolling;

/// <summary>Settings of the S3 store, in the configuration section <c>OffloadedPolling:S3</c>.</summary>
public sealed class S3Options
{
    /// <summary>The bucket for status documents. A general-purpose bucket: directory buckets cannot serve presigned URLs.</summary>
    /// <value>Required.</value>
    public string BucketName { get; set; } = "";

    /// <summary>What all status keys begin with.</summary>
    /// <value>
    /// Ends with a slash; <c>operations/</c> unless set. It may not be empty: the expiry of status documents would clear the whole bucket.
    /// </value>
    public string KeyPrefix { get; set; } = "operations/";

    /// <summary>
    /// Whether the bucket stands in the path of the address instead of its host name, as most S3-compatible servers want it. Without
    /// effect on a client that the host registered.
    /// </summary>
    /// <value><see langword="false"/> unless set.</value>
    public bool ForcePathStyle { get; set; }
}
