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

    /// <summary>
    /// Gets or sets the address of the S3 server as callers reach it, where it differs from the host's: <c>https://files.example.com</c>.
    /// Status URLs are signed for it, with the bucket in the path or in the host name as <see cref="ForcePathStyle"/> says. The server must
    /// receive the <c>Host</c> header that callers send, because the signature covers it.
    /// </summary>
    /// <value>
    /// An absolute <c>https</c> or <c>http</c> URL without a path. <see langword="null"/> by default: the address of the S3 client.
    /// </value>
    public string? PublicEndpoint { get; set; }

    /// <summary>
    /// Gets or sets a value that indicates whether the host refuses to start on an S3-compatible server that ignores the conditions of
    /// writes (<c>If-None-Match</c> and <c>If-Match</c>).
    /// </summary>
    /// <value>
    /// <see langword="true"/> by default. <see langword="false"/> logs a warning instead, and the health check is degraded: on such a
    /// server one idempotency key can make several operations, and a terminal state can be overwritten.
    /// </value>
    public bool RequireConditionalWrites { get; set; } = true;

    /// <summary>The origins of pages that may poll, for <c>StatusBucket</c>: <c>https://shop.example.com</c>, or with a port.</summary>
    /// <value>Empty unless set. <c>*</c> is refused: whoever gets hold of a status URL could then read it from any page.</value>
    public IList<string> AllowedOrigins { get; } = [];

    /// <summary>
    /// The addresses that may read by status URL, for <c>StatusBucket</c>, in CIDR notation: <c>203.0.113.0/24</c>, <c>2001:db8::/32</c>.
    /// </summary>
    /// <value>Empty unless set: every address may.</value>
    public IList<string> AllowedIpRanges { get; } = [];

    /// <summary>
    /// The VPC endpoints through which status URLs may be read, for <c>StatusBucket</c>: <c>vpce-1a2b3c4d</c>. Beside
    /// <see cref="AllowedIpRanges"/>, coming by either is enough.
    /// </summary>
    /// <value>Empty unless set.</value>
    public IList<string> AllowedVpcEndpoints { get; } = [];
}
