using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using static OffloadedPolling.Provisioning.BucketPolicies;

namespace OffloadedPolling.Provisioning;

/// <summary>What the settings say of the bucket.</summary>
internal sealed record BucketSettings(S3Options S3, StatusBucketOptions Switches, OffloadedPollingOptions Polling);

/// <summary>What is expected of the bucket: the one model that is checked, applied, and written as templates.</summary>
internal sealed class BucketPlan
{
    // With less, S3 refuses requests at random.
    private static readonly TimeSpan _leastSignatureAge = TimeSpan.FromMinutes(2);

    // RFC 1918, loopback, RFC 4193: no request to AWS's own S3 comes from there.
    private static readonly IPNetwork[] _privateRanges = [
        IPNetwork.Parse("10.0.0.0/8"), IPNetwork.Parse("172.16.0.0/12"), IPNetwork.Parse("192.168.0.0/16"), IPNetwork.Parse("127.0.0.0/8"),
        IPNetwork.Parse("fc00::/7"), IPNetwork.Parse("::1/128")];

    private readonly BucketConfiguration _bucket;

    private readonly string _prefix;

    public BucketPlan(BucketConfiguration bucket, string partition, Uri endpoint, BucketSettings settings)
    {
        (_bucket, _prefix) = (bucket, settings.S3.KeyPrefix);
        var (s3, on, polling) = settings;
        var policies = new BucketPolicies(partition, bucket.Bucket, _prefix);
        var days = DaysOf(polling.Retention);
        var age = polling.MaxUrlLifetime > _leastSignatureAge ? polling.MaxUrlLifetime : _leastSignatureAge;
        var noTls = endpoint.Scheme == Uri.UriSchemeHttp
            ? (ProvisioningState.Skipped, "The S3 client's address is http://, so it would deny every request. Use an https:// address.")
            : ((ProvisioningState, string)?)null;
        string[] callers = [.. s3.AllowedIpRanges, .. s3.AllowedVpcEndpoints];
        NetworkPart = new RulePart(bucket, DocumentKind.Policy, nameof(on.Network),
            $"presigned requests under '{_prefix}' are denied unless they come from {Words(callers)}",
            policies.Network(s3.AllowedIpRanges, s3.AllowedVpcEndpoints))
        {
            NotWanted = Unless(on.Network) ?? Unless(callers.Length > 0, "Neither S3:AllowedIpRanges nor S3:AllowedVpcEndpoints is set."),
            Warning = WarnOfPrivateRanges(endpoint.Host, s3),
        };
        Parts = [
            Lifecycle("expiry", nameof(on.Expiry), Unless(on.Expiry),
                $"objects under '{_prefix}' are deleted {Days(days)} after their last change",
                new() { ["Expiration"] = new JsonObject { ["Days"] = days } }),
            Transitions(on),
            Lifecycle("noncurrent", nameof(on.NoncurrentExpiry), Unless(on.NoncurrentExpiry),
                $"old versions of objects under '{_prefix}' are deleted after a day", new()
                {
                    ["Expiration"] = new JsonObject { ["ExpiredObjectDeleteMarker"] = true },
                    ["NoncurrentVersionExpiration"] = new JsonObject { ["NoncurrentDays"] = 1 },
                }),
            Cors(on, s3.AllowedOrigins),
            new EncryptionPart(bucket, nameof(on.Encryption), "objects are encrypted by default") { NotWanted = Unless(on.Encryption) },
            new RulePart(bucket, DocumentKind.Policy, nameof(on.SignatureAge),
                $"presigned requests under '{_prefix}' are denied when their signature is older than {age}", policies.SignatureAge(age))
            {
                NotWanted = Unless(on.SignatureAge),
            },
            new RulePart(bucket, DocumentKind.Policy, nameof(on.TlsOnly),
                "requests without TLS are denied, to the bucket and all its objects", policies.TlsOnly())
            {
                NotWanted = Unless(on.TlsOnly) ?? noTls,
            },
            new PublicAccessPart(bucket, nameof(on.BlockPublicAccess), "all four settings of Block Public Access are on")
            {
                NotWanted = Unless(on.BlockPublicAccess),
            },
            NetworkPart,
        ];
    }

    public string Bucket => _bucket.Bucket;

    public IReadOnlyList<Part> Parts { get; }

    public RulePart NetworkPart { get; }

    public bool IsOn<TPart>()
        where TPart : Part => Parts.OfType<TPart>().Single().NotWanted is null;

    /// <summary>Returns the rules of one document that are on.</summary>
    public IEnumerable<JsonObject> RulesOf(DocumentKind kind) =>
        Parts.OfType<RulePart>().Where(part => part.Kind == kind && part.NotWanted is null).Select(part => part.Rule);

    /// <summary>Rounds up: S3 counts whole days.</summary>
    public static int DaysOf(TimeSpan retention) => (int)Math.Ceiling(retention.TotalDays);

    private RulePart Lifecycle(
        string id, string name, (ProvisioningState, string)? notWanted, string expected, JsonObject actions, JsonObject? filter = null)
    {
        filter ??= new JsonObject { ["Prefix"] = _prefix };
        var rule = new JsonObject { ["ID"] = RuleId(id, _prefix), ["Filter"] = filter, ["Status"] = "Enabled" };
        foreach (var (action, value) in actions)
        {
            rule[action] = value!.DeepClone();
        }

        var isForVersions = rule.ContainsKey("NoncurrentVersionExpiration");
        return new RulePart(_bucket, DocumentKind.Lifecycle, name, expected, rule) { NotWanted = notWanted, IsForVersions = isForVersions };
    }

    private RulePart Transitions(StatusBucketOptions on)
    {
        JsonNode[] moves = [.. on.Transitions.Select(
            each => new JsonObject { ["Days"] = each.AfterDays, ["StorageClass"] = each.StorageClass })];
        var words = string.Join(", ", on.Transitions.Select(each => $"to {each.StorageClass} after {Days(each.AfterDays)}"));
        return Lifecycle(
            "transitions", nameof(on.Transitions), Unless(moves.Length > 0, "No transitions are set, which is right for small documents."),
            $"objects under '{_prefix}' of over {on.TransitionsAboveBytes} bytes move {words}",
            new() { ["Transitions"] = new JsonArray(moves) },
            new() { ["And"] = new JsonObject { ["Prefix"] = _prefix, ["ObjectSizeGreaterThan"] = on.TransitionsAboveBytes } });
    }

    private RulePart Cors(StatusBucketOptions on, IList<string> origins) => new(
        _bucket, DocumentKind.Cors, nameof(on.Cors), $"pages of {Words(origins)} may poll", new()
        {
            ["ID"] = RuleId("cors", _prefix),
            ["AllowedOrigins"] = List(origins),
            ["AllowedMethods"] = new JsonArray("GET"),
            // Both make the browser ask first. A page that asks for what has changed, or takes part in a trace, sends them.
            ["AllowedHeaders"] = new JsonArray("If-None-Match", "traceparent"),
            // What poll.js needs: the version, and the age of the document by the server's own clock.
            ["ExposeHeaders"] = new JsonArray("Date", "ETag"),
            ["MaxAgeSeconds"] = 3600,
        }) { NotWanted = Unless(on.Cors) ?? Unless(origins.Count > 0, "S3:AllowedOrigins is empty.") };

    private static string? WarnOfPrivateRanges(string host, S3Options s3)
    {
        var some = s3.AllowedIpRanges.Where(IsPrivate).ToList();
        var isAws = $"{host}.".Contains(".amazonaws.com.", StringComparison.Ordinal);
        return some.Count == 0 || !isAws
            ? null
            : $"S3:AllowedIpRanges contains private addresses ({Words(some)}), but S3 sees only public addresses, so these let nobody in. "
                + "Set the public addresses of the callers, or their VPC endpoint in S3:AllowedVpcEndpoints.";
    }

    private static bool IsPrivate(string range) => IPNetwork.TryParse(range, out var network)
        && _privateRanges.Any(each => each.PrefixLength <= network.PrefixLength && each.Contains(network.BaseAddress));

    private static (ProvisioningState State, string Reason)? Unless(bool isOn, string reason = "It is switched off.") =>
        isOn ? null : (ProvisioningState.Off, reason);

    private static string Days(int days) => days == 1 ? "1 day" : string.Create(CultureInfo.InvariantCulture, $"{days} days");

    private static string Words(IEnumerable<string> texts) => string.Join(", ", texts.Distinct().Order(StringComparer.Ordinal));
}
