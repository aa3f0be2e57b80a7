namespace OffloadedPolling;

/// <summary>Settings of the S3 store, in the configuration section <c>OffloadedPolling:S3</c>.</summary>
public sealed class S3Options
{
    /// <summary>Gets or sets the general-purpose bucket for status documents. Directory buckets cannot serve presigned URLs.</summary>
    /// <value>Required.</value>
    public string BucketName { get; set; } = "";

    /// <summary>Gets or sets the prefix of all status keys.</summary>
    /// <value>
    /// Must end with a slash, and have at most 900 characters: letters, digits and <c>- _ . /</c>. An empty prefix is not allowed, because
    /// the lifecycle rule would then delete every object in the bucket. <c>operations/</c> by default.
    /// </value>
    public string KeyPrefix { get; set; } = "operations/";

    /// <summary>
    /// Gets or sets a value that indicates whether the bucket is in the path of the address instead of the host name. Most S3-compatible
    /// servers require this. The setting has no effect on a client that the host registered.
    /// </summary>
    /// <value><see langword="false"/> by default.</value>
    public bool ForcePathStyle { get; set; }

    /// <summary>
    /// Gets or sets the address of the S3 server for callers if it differs from the host's, such as <c>https://files.example.com</c>.
    /// Status URLs are signed for it. <see cref="ForcePathStyle"/> determines whether the bucket is in the path or in the host name. The
    /// server must receive the <c>Host</c> header that callers send, because the signature covers it.
    /// </summary>
    /// <value>
    /// An absolute <c>https</c> or <c>http</c> URL without a path. The default is <see langword="null"/>: the address of the S3 client.
    /// </value>
    public string? PublicEndpoint { get; set; }

    /// <summary>
    /// Gets or sets a value that indicates whether the start fails if the S3-compatible server ignores the conditions of writes
    /// (<c>If-None-Match</c> and <c>If-Match</c>).
    /// </summary>
    /// <value>
    /// <see langword="true"/> by default. If <see langword="false"/>, the host logs a warning instead, and the health check is degraded. On
    /// such a server, one idempotency key can create several operations, and a terminal state can be overwritten.
    /// </value>
    public bool RequireConditionalWrites { get; set; } = true;

    /// <summary>Gets the origins of pages that may poll, such as <c>https://shop.example.com</c>. Used by <c>StatusBucket</c>.</summary>
    /// <value>Empty by default. <c>*</c> is not allowed, because any page could then read any status URL that it obtains.</value>
    public IList<string> AllowedOrigins { get; } = [];

    /// <summary>
    /// Gets the address ranges from which status URLs may be read, in CIDR notation: <c>203.0.113.0/24</c>, <c>2001:db8::/32</c>. Used by
    /// <c>StatusBucket</c>.
    /// </summary>
    /// <value>Empty by default, which allows every address.</value>
    public IList<string> AllowedIpRanges { get; } = [];

    /// <summary>
    /// Gets the VPC endpoints through which status URLs may be read, such as <c>vpce-1a2b3c4d</c>. Used by <c>StatusBucket</c>. If
    /// <see cref="AllowedIpRanges"/> is also set, a request that matches either one is allowed.
    /// </summary>
    /// <value>Empty by default.</value>
    public IList<string> AllowedVpcEndpoints { get; } = [];
}
