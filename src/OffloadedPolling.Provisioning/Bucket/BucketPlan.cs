using System.Globalization;

namespace OffloadedPolling.Provisioning;

/// <summary>What should be: the one model that is checked, applied, and written as templates.</summary>
internal sealed class BucketPlan
{
    // Where nothing deletes documents, so many days stand for ever when costs are compared.
    private const long Ever = 3650;

    // With less than this S3 refuses requests at random.
    private static readonly TimeSpan _leastSignatureAge = TimeSpan.FromMinutes(2);

    private readonly string _prefix;

    /// <param name="bucket">The bucket's name.</param>
    /// <param name="partition">The first part of its ARN.</param>
    /// <param name="isHttp">Whether the S3 client's address is <c>http://</c>.</param>
    /// <param name="s3">Prefix, origins and addresses.</param>
    /// <param name="switches">What is on.</param>
    /// <param name="options">Retention and the longest URL.</param>
    /// <param name="isAws">Whether the S3 client's address is AWS's own.</param>
    public BucketPlan(string bucket, string partition, bool isHttp, S3Options s3, StatusBucketOptions switches, OffloadedPollingOptions options,
        bool isAws = false)
    {
        Bucket = bucket;
        _prefix = s3.KeyPrefix;
        var statements = new PolicyStatements(partition, bucket, _prefix);
        ExpiryDays = DaysOf(options.Retention);

        // Last what is likeliest to break a bucket, so that it is first to be taken back.
        Parts = [
            Expiry(switches),
            Transitions(switches, options),
            Noncurrent(switches),
            Cors(switches, s3.AllowedOrigins),
            Encryption(switches),
            SignatureAge(switches, options.MaxUrlLifetime, statements),
            TlsOnly(switches, isHttp, statements),
            PublicAccess(switches),
            Network(switches, s3, statements, isAws),
        ];
    }

    public string Bucket { get; }

    public int ExpiryDays { get; }

    public IReadOnlyList<BucketPart> Parts { get; }

    /// <summary>The parts of one sort that are on.</summary>
    public IEnumerable<TPart> On<TPart>()
        where TPart : BucketPart => Parts.OfType<TPart>().Where(part => part.WhyNot is null);

    /// <summary>S3 counts whole days.</summary>
    public static int DaysOf(TimeSpan retention) => (int)Math.Ceiling(retention.TotalDays);

    /// <summary>The day on which a document's stay in its last storage class ends.</summary>
    public static int EndDayOf(StatusBucketOptions switches, OffloadedPollingOptions options) => switches.Expiry
        ? DaysOf(options.Retention)
        : (int)Math.Min(int.MaxValue, switches.Transitions.Select(each => each.AfterDays).DefaultIfEmpty().Max() + Ever);

    private LifecyclePart Expiry(StatusBucketOptions switches) =>
        new(nameof(switches.Expiry), $"objects under '{_prefix}' are deleted {Days(ExpiryDays)} after their last change",
            new LifecycleRule(OwnNames.RuleId("expiry", _prefix), _prefix) { ExpirationDays = ExpiryDays }) { WhyNot = Switch(switches.Expiry) };

    private LifecyclePart Transitions(StatusBucketOptions switches, OffloadedPollingOptions options)
    {
        var moves = switches.Transitions.Select(each => (each.StorageClass, each.AfterDays)).ToList();
        var words = moves.Count == 0 ? "nowhere" : string.Join(", ", moves.Select(each => $"to {each.StorageClass} after {Days(each.AfterDays)}"));
        var warnings = TransitionStep.Of(switches.Transitions, EndDayOf(switches, options))
            .Select(step => step.Warning(switches.TransitionsAboveBytes, options.MaxDocumentBytes)).OfType<string>();
        var rule = new LifecycleRule(OwnNames.RuleId("transitions", _prefix), _prefix) { Transitions = moves, AboveBytes = switches.TransitionsAboveBytes };
        return new LifecyclePart(
            nameof(switches.Transitions), $"objects under '{_prefix}' of over {switches.TransitionsAboveBytes} bytes move {words}", rule)
        {
            WhyNot = moves.Count == 0 ? (StatusBucketPartState.Off, "No transitions are set, which is right for small documents.") : null,
            Warning = string.Join(' ', warnings) is { Length: > 0 } warning ? warning : null,
        };
    }

    private NoncurrentPart Noncurrent(StatusBucketOptions switches) =>
        new(nameof(switches.NoncurrentExpiry), $"where versions are kept, those of objects under '{_prefix}' are deleted a day after they were replaced",
            new LifecycleRule(OwnNames.RuleId("noncurrent", _prefix), _prefix) { ExpiresDeleteMarkers = true, NoncurrentDays = 1 })
        {
            WhyNot = Switch(switches.NoncurrentExpiry),
        };

    private CorsPart Cors(StatusBucketOptions switches, IList<string> origins) =>
        new(nameof(switches.Cors), $"pages of {Words(origins)} may read, with If-None-Match and traceparent, and see ETag and Date",
            new CorsRule(OwnNames.RuleId("cors", _prefix), Sorted(origins)))
        {
            WhyNot = Switch(switches.Cors) ?? (origins.Count == 0 ? (StatusBucketPartState.Off, "S3:AllowedOrigins names no origin.") : null),
        };

    private static EncryptionPart Encryption(StatusBucketOptions switches) =>
        new(nameof(switches.Encryption), "objects are encrypted by default") { WhyNot = Switch(switches.Encryption) };

    private PolicyPart SignatureAge(StatusBucketOptions switches, TimeSpan longestUrl, PolicyStatements statements)
    {
        var age = longestUrl > _leastSignatureAge ? longestUrl : _leastSignatureAge;
        return new PolicyPart(nameof(switches.SignatureAge), $"presigned requests under '{_prefix}' are denied when their signature is older than {age}", statements.SignatureAge(age))
        {
            WhyNot = Switch(switches.SignatureAge),
        };
    }

    private static PolicyPart TlsOnly(StatusBucketOptions switches, bool isHttp, PolicyStatements statements) =>
        new(nameof(switches.TlsOnly), "requests without TLS are denied, to the bucket and all its objects", statements.TlsOnly())
        {
            WhyNot = Switch(switches.TlsOnly) ?? (isHttp
                ? (StatusBucketPartState.LeftOut, "The S3 client's address is http://, and with the rule nobody could read or write. Use an https:// address.")
                : null),
        };

    private static PublicAccessPart PublicAccess(StatusBucketOptions switches) =>
        new(nameof(switches.BlockPublicAccess), "all four settings of Block Public Access are on") { WhyNot = Switch(switches.BlockPublicAccess) };

    private PolicyPart Network(StatusBucketOptions switches, S3Options s3, PolicyStatements statements, bool isAws)
    {
        var isSet = s3.AllowedIpRanges.Count + s3.AllowedVpcEndpoints.Count > 0;
        return new PolicyPart(
            nameof(switches.Network), $"presigned requests under '{_prefix}' are denied unless they come from {Words([.. s3.AllowedIpRanges, .. s3.AllowedVpcEndpoints])}",
            statements.Network(s3.AllowedIpRanges, s3.AllowedVpcEndpoints))
        {
            WhyNot = Switch(switches.Network) ?? (isSet ? null : (StatusBucketPartState.Off, "Neither S3:AllowedIpRanges nor S3:AllowedVpcEndpoints is set.")),
            MayExcludeThisMachine = true,
            Warning = isAws ? PrivateRanges.Warning(s3.AllowedIpRanges, s3.AllowedVpcEndpoints.Count > 0) : null,
        };
    }

    private static (StatusBucketPartState State, string Reason)? Switch(bool isOn) => isOn ? null : (StatusBucketPartState.Off, "It is switched off.");

    private static string Days(int days) => days == 1 ? "1 day" : string.Create(CultureInfo.InvariantCulture, $"{days} days");

    private static IReadOnlyList<string> Sorted(IEnumerable<string> texts) => [.. texts.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    private static string Words(IEnumerable<string> texts) => Sorted(texts) is { Count: > 0 } some ? string.Join(", ", some) : "(none named)";
}
