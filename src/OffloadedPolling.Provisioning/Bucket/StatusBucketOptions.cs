namespace OffloadedPolling.Provisioning;

/// <summary>
/// The switches of the bucket's set-up, in the configuration section <c>OffloadedPolling:S3:Bucket</c>. They matter to
/// <see cref="StatusBucket"/> alone, which nothing calls but the host.
/// </summary>
public sealed class StatusBucketOptions
{
    /// <summary>Whether all four settings of Block Public Access are on.</summary>
    /// <value><see langword="true"/> unless set.</value>
    public bool BlockPublicAccess { get; set; } = true;

    /// <summary>Whether requests without TLS are denied, to the whole bucket. Left out where the S3 client's own address is <c>http://</c>.</summary>
    /// <value><see langword="true"/> unless set.</value>
    public bool TlsOnly { get; set; } = true;

    /// <summary>
    /// Whether presigned requests for status documents are denied when their signature is older than
    /// <see cref="OffloadedPollingOptions.MaxUrlLifetime"/>, or than two minutes if that is shorter.
    /// </summary>
    /// <value><see langword="true"/> unless set.</value>
    public bool SignatureAge { get; set; } = true;

    /// <summary>
    /// Whether presigned requests for status documents are denied unless they come from <see cref="S3Options.AllowedIpRanges"/> or through
    /// <see cref="S3Options.AllowedVpcEndpoints"/>. Without either it does nothing.
    /// </summary>
    /// <value><see langword="true"/> unless set.</value>
    public bool Network { get; set; } = true;

    /// <summary>Whether pages of <see cref="S3Options.AllowedOrigins"/> may poll. Without origins it does nothing.</summary>
    /// <value><see langword="true"/> unless set.</value>
    public bool Cors { get; set; } = true;

    /// <summary>Whether status documents are deleted after <see cref="OffloadedPollingOptions.Retention"/>, rounded up to whole days.</summary>
    /// <value><see langword="true"/> unless set.</value>
    public bool Expiry { get; set; } = true;

    /// <summary>Whether a versioned bucket's old versions of status documents are deleted a day after they were replaced or expired.</summary>
    /// <value><see langword="true"/> unless set.</value>
    public bool NoncurrentExpiry { get; set; } = true;

    /// <summary>Whether a bucket without default encryption gets it, with S3's own keys (<c>AES256</c>). Other encryption stays as it is.</summary>
    /// <value><see langword="true"/> unless set.</value>
    public bool Encryption { get; set; } = true;

    /// <summary>Moves to other storage classes before the expiry. They are refused where S3 would bill more than they save.</summary>
    /// <value>Empty unless set, which is right for status documents: they are small and short-lived. Ascending in class and days.</value>
    public IList<StatusBucketTransition> Transitions { get; } = [];

    /// <summary>Documents of up to so many bytes do not move.</summary>
    /// <value>0 to 1,048,576; 131,072 unless set, the least that S3 bills for in the classes with fast access.</value>
    public int TransitionsAboveBytes { get; set; } = 128 * 1024;
}
