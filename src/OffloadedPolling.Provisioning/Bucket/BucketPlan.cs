using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using static OffloadedPolling.Provisioning.Finding;

namespace OffloadedPolling.Provisioning;

/// <summary>The expected configuration of the bucket, which is checked, applied and exported as templates.</summary>
/// <remarks>
/// Rules are in the JSON format of the AWS CLI. Their IDs contain the key prefix, because hosts with different prefixes may share a
/// bucket. Conditions of the policy use IfExists for keys that a server may not know: Ceph's gateway does not know <c>s3:authType</c> and
/// <c>aws:SourceVpce</c>, and without IfExists a condition on an unknown key never holds there.
/// https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html#amazons3-policy-keys
/// </remarks>
internal sealed class BucketPlan
{
    public const string TlsOnlySid = "OffloadedPollingTlsOnly";

    // S3 accepts IDs with at most 255 characters.
    private const int MaxPrefixInId = 200;

    // With a lower value, S3 rejects requests at random.
    private static readonly TimeSpan _leastSignatureAge = TimeSpan.FromMinutes(2);

    private readonly BucketConfiguration _bucket;
    private readonly string _arn;
    private readonly string _prefix;

    /// <exception cref="OperationStoreException">The bucket name is the ARN of an access point.</exception>
    public BucketPlan(BucketConfiguration bucket, S3Options s3, StatusBucketOptions on, OffloadedPollingOptions polling)
    {
        if (bucket.Name.StartsWith("arn:", StringComparison.Ordinal))
        {
            throw new OperationStoreException(
                $"S3:BucketName is '{bucket.Name}', an access point, which cannot be set up. Set it to the name of the bucket.");
        }

        (_bucket, _arn, _prefix) = (bucket, $"arn:{bucket.Partition}:s3:::{bucket.Name}", s3.KeyPrefix);
        var days = DaysOf(polling.Retention);
        var age = polling.MaxUrlLifetime > _leastSignatureAge ? polling.MaxUrlLifetime : _leastSignatureAge;
        var milliseconds = ((long)age.TotalMilliseconds).ToString(CultureInfo.InvariantCulture);
        var noTls = bucket.Endpoint.Scheme != Uri.UriSchemeHttp ? null : new Finding(ProvisioningState.Skipped, Reason:
            "The S3 client's address is http://, so the rule would deny every request. Use an https:// address.");
        string[] callers = [.. s3.AllowedIpRanges, .. s3.AllowedVpcEndpoints];
        NetworkPart = DenyPresigned(nameof(on.Network),
            OffUnless(on.Network) ?? OffUnless(callers.Length > 0, "Neither S3:AllowedIpRanges nor S3:AllowedVpcEndpoints is set."),
            $"unless they come from {Words(callers)}",
            [.. Condition("NotIpAddress", "aws:SourceIp", s3.AllowedIpRanges),
            .. Condition("StringNotEqualsIfExists", "aws:SourceVpce", s3.AllowedVpcEndpoints)]);
        Parts = [
            Lifecycle("expiry", nameof(on.Expiry), OffUnless(on.Expiry),
                $"objects under '{_prefix}' are deleted {Days(days)} after their last change",
                $$"""  "Expiration": {"Days": {{days}}}  """),
            Transitions(on),
            Lifecycle("noncurrent", nameof(on.NoncurrentExpiry), OffUnless(on.NoncurrentExpiry),
                $"old versions of objects under '{_prefix}' are deleted after a day",
                """  "Expiration": {"ExpiredObjectDeleteMarker": true}, "NoncurrentVersionExpiration": {"NoncurrentDays": 1}  """),
            Cors(on, s3.AllowedOrigins),
            new EncryptionPart(bucket, nameof(on.Encryption)) { NotWanted = OffUnless(on.Encryption) },
            DenyPresigned(nameof(on.SignatureAge), OffUnless(on.SignatureAge), $"when their signature is older than {age}",
                [$$"""  "NumericGreaterThan": {"s3:signatureAge": "{{milliseconds}}"}  """]),
            Deny(nameof(on.TlsOnly), OffUnless(on.TlsOnly) ?? noTls, "requests without TLS are denied, to the bucket and all its objects",
                TlsOnlySid, $"""["{_arn}", "{_arn}/*"]""", """  "BoolIfExists": {"aws:SecureTransport": "false"}  """),
            new PublicAccessPart(bucket, nameof(on.BlockPublicAccess)) { NotWanted = OffUnless(on.BlockPublicAccess) },
            NetworkPart,
        ];
    }

    public string Bucket => _bucket.Name;
    public string Resource => $"the bucket '{Bucket}'";
    public IReadOnlyList<BucketPart> Parts { get; }
    public RulePart NetworkPart { get; }

    /// <summary>Rounds up, because S3 counts whole days.</summary>
    public static int DaysOf(TimeSpan retention) => (int)Math.Ceiling(retention.TotalDays);

    public static string RuleId(string what, string prefix)
    {
        var shortened = prefix.Length <= MaxPrefixInId ? prefix : $"{prefix[..MaxPrefixInId]}~{Hash(prefix)}";
        return $"offloaded-polling-{what} {shortened}";
    }

    // A Sid may contain only letters and digits.
    // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_sid.html
    public static string Sid(string what, string prefix) =>
        $"OffloadedPolling{what}{string.Concat(prefix.Where(char.IsAsciiLetterOrDigit).Take(32))}{Hash(prefix)}";

    /// <summary>Returns the input of <c>aws s3api</c>, with one member for each command, without parts that are off or skipped.</summary>
    public JsonObject ToInput()
    {
        var input = new JsonObject();
        foreach (var part in Parts.Where(part => part.NotWanted is null))
        {
            part.AddTo(input);
        }

        return input;
    }

    private RulePart Rule(SharedDocument document, string name, Finding? notWanted, string expected, string rule) =>
        new(_bucket, document, name, expected, JsonNode.Parse(rule)!.AsObject()) { NotWanted = notWanted };

    private RulePart Lifecycle(string id, string name, Finding? notWanted, string expected, string actions, string? filter = null)
    {
        filter ??= $$"""{"Prefix": "{{_prefix}}"}""";
        return Rule(SharedDocument.Lifecycle, name, notWanted, expected,
            $$"""{"ID": "{{RuleId(id, _prefix)}}", "Filter": {{filter}}, "Status": "Enabled", {{actions}}}""");
    }

    private RulePart Transitions(StatusBucketOptions on)
    {
        var words = on.Transitions.Select(each => $"to {each.StorageClass} after {Days(each.AfterDays)}");
        var moves = on.Transitions.Select(each => $$"""{"Days": {{each.AfterDays}}, "StorageClass": "{{each.StorageClass}}"}""");
        return Lifecycle("transitions", nameof(on.Transitions),
            OffUnless(on.Transitions.Count > 0, "No transitions are set. This is recommended for small documents."),
            $"objects under '{_prefix}' larger than {on.TransitionsAboveBytes} bytes move {string.Join(", ", words)}",
            $$"""  "Transitions": [{{string.Join(',', moves)}}]  """,
            $$"""{"And": {"Prefix": "{{_prefix}}", "ObjectSizeGreaterThan": {{on.TransitionsAboveBytes}} } }""");
    }

    // If-None-Match and traceparent cause a preflight request: a page sends them to poll for changes and to take part in a trace.
    // poll.js reads the version, and the age of the document by the server's clock.
    private RulePart Cors(StatusBucketOptions on, IList<string> origins) => Rule(SharedDocument.Cors, nameof(on.Cors),
        OffUnless(on.Cors) ?? OffUnless(origins.Count > 0, "S3:AllowedOrigins is empty."), $"pages from {Words(origins)} may poll", $$"""
            {
              "ID": "{{RuleId("cors", _prefix)}}", "AllowedOrigins": {{List(origins)}}, "AllowedMethods": ["GET"],
              "AllowedHeaders": ["If-None-Match", "traceparent"], "ExposeHeaders": ["Date", "ETag"], "MaxAgeSeconds": 3600
            }
            """);

    private RulePart DenyPresigned(string name, Finding? notWanted, string when, string[] conditions) =>
        Deny(name, notWanted, $"presigned requests under '{_prefix}' are denied {when}", Sid(name, _prefix), $"""["{_arn}/{_prefix}*"]""",
            string.Join(',', conditions.Prepend("""  "StringEqualsIfExists": {"s3:authType": "REST-QUERY-STRING"}  """)));

    // A denial requires all conditions of its statement, so one matching range or endpoint is enough to be allowed.
    private RulePart Deny(string name, Finding? notWanted, string expected, string sid, string resources, string conditions) =>
        Rule(SharedDocument.Policy, name, notWanted, expected, $$"""
            {
              "Sid": "{{sid}}", "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": {{resources}},
              "Condition": { {{conditions}} }
            }
            """);

    private static string[] Condition(string condition, string key, IList<string> values) =>
        values.Count == 0 ? [] : [$$"""  "{{condition}}": {"{{key}}": {{List(values)}}}  """];

    // Sorted, so that the order of the settings does not matter.
    private static IEnumerable<string> Sorted(IEnumerable<string> texts) => texts.Distinct().Order(StringComparer.Ordinal);

    private static string List(IEnumerable<string> texts) =>
        new JsonArray([.. Sorted(texts).Select(text => (JsonNode)JsonValue.Create(text))]).ToJsonString();

    private static string Days(int days) => days == 1 ? "1 day" : $"{days} days";
    private static string Words(IEnumerable<string> texts) => string.Join(", ", Sorted(texts));
    private static string Hash(string prefix) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(prefix)).AsSpan(0, 6));
}
