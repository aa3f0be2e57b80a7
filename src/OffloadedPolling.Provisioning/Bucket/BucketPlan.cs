using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;

namespace OffloadedPolling.Provisioning;

/// <summary>What the settings say of the bucket.</summary>
/// <param name="S3">The prefix, origins and addresses.</param>
/// <param name="Switches">What is on.</param>
/// <param name="Polling">The retention and the longest lifetime of a status URL.</param>
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

    private readonly BucketSettings _settings;

    /// <param name="bucket">The bucket.</param>
    /// <param name="partition">The first part of its ARN.</param>
    /// <param name="endpoint">The address of the S3 client.</param>
    /// <param name="settings">The settings.</param>
    public BucketPlan(BucketConfiguration bucket, string partition, Uri endpoint, BucketSettings settings)
    {
        (_bucket, _settings) = (bucket, settings);
        var policies = new BucketPolicies(partition, bucket.Bucket, Prefix);
        NetworkPart = Network(policies, IsAws(endpoint.Host));
        Parts = [
            Expiry(), Transitions(), Noncurrent(), Cors(), Encryption(), SignatureAge(policies),
            TlsOnly(policies, endpoint.Scheme == Uri.UriSchemeHttp), PublicAccess(), NetworkPart];
    }

    public string Bucket => _bucket.Bucket;

    public IReadOnlyList<Part> Parts { get; }

    public Part NetworkPart { get; }

    private string Prefix => _settings.S3.KeyPrefix;

    private StatusBucketOptions Switches => _settings.Switches;

    /// <summary>Returns the rules of one document that are on.</summary>
    public IEnumerable<JsonObject> RulesOf(DocumentKind kind) =>
        Parts.OfType<RulePart>().Where(part => part.Kind == kind && part.NotWanted is null).Select(part => part.Rule);

    public bool IsOn<TPart>()
        where TPart : Part => Parts.OfType<TPart>().Single().NotWanted is null;

    /// <summary>Rounds up: S3 counts whole days.</summary>
    public static int DaysOf(TimeSpan retention) => (int)Math.Ceiling(retention.TotalDays);

    private RulePart Expiry()
    {
        var days = DaysOf(_settings.Polling.Retention);
        return new RulePart(
            _bucket, DocumentKind.Lifecycle, nameof(Switches.Expiry), $"objects under '{Prefix}' are deleted {Days(days)} after their last change",
            Rule("expiry", Under(Prefix), "Expiration", new JsonObject { ["Days"] = days })) { NotWanted = Switch(Switches.Expiry) };
    }

    private RulePart Transitions()
    {
        var moves = Switches.Transitions.Select(each => $"to {each.StorageClass} after {Days(each.AfterDays)}").DefaultIfEmpty("nowhere");
        var filter = new JsonObject { ["And"] = new JsonObject { ["Prefix"] = Prefix, ["ObjectSizeGreaterThan"] = Switches.TransitionsAboveBytes } };
        var transitions = Switches.Transitions.Select(each => (JsonNode)new JsonObject { ["Days"] = each.AfterDays, ["StorageClass"] = each.StorageClass });
        var archives = Switches.Transitions.Where(each => each.IsArchive).Select(each =>
            $"A document in {each.StorageClass} cannot be read by its status URL: from day {each.AfterDays} after its last change, callers get 403.");
        return new RulePart(
            _bucket, DocumentKind.Lifecycle, nameof(Switches.Transitions),
            $"objects under '{Prefix}' of over {Switches.TransitionsAboveBytes} bytes move {string.Join(", ", moves)}",
            Rule("transitions", filter, "Transitions", new JsonArray([.. transitions])))
        {
            NotWanted = Switches.Transitions.Count == 0 ? (ProvisioningState.Off, "No transitions are set, which is right for small documents.") : null,
            Warning = archives.FirstOrDefault(),
        };
    }

    private RulePart Noncurrent()
    {
        var rule = Rule("noncurrent", Under(Prefix), "Expiration", new JsonObject { ["ExpiredObjectDeleteMarker"] = true });
        rule["NoncurrentVersionExpiration"] = new JsonObject { ["NoncurrentDays"] = 1 };
        return new RulePart(
            _bucket, DocumentKind.Lifecycle, nameof(Switches.NoncurrentExpiry),
            $"in a bucket with versions, old versions under '{Prefix}' are deleted after a day", rule)
        {
            IsForVersions = true,
            NotWanted = Switch(Switches.NoncurrentExpiry),
        };
    }

    private RulePart Cors()
    {
        var rule = new JsonObject
        {
            ["ID"] = RuleIds.RuleId("cors", Prefix),
            ["AllowedOrigins"] = BucketPolicies.List(_settings.S3.AllowedOrigins),
            ["AllowedMethods"] = new JsonArray("GET"),
            // Both make the browser ask first. A page that asks for what has changed, or takes part in a trace, sends them.
            ["AllowedHeaders"] = new JsonArray("If-None-Match", "traceparent"),
            // What poll.js needs: the version, and the age of the document by the server's own clock.
            ["ExposeHeaders"] = new JsonArray("Date", "ETag"),
            ["MaxAgeSeconds"] = 3600,
        };
        return new RulePart(
            _bucket, DocumentKind.Cors, nameof(Switches.Cors),
            $"pages of {Words(_settings.S3.AllowedOrigins)} may read, with If-None-Match and traceparent, and see ETag and Date", rule)
        {
            NotWanted = Switch(Switches.Cors) ?? Needs(_settings.S3.AllowedOrigins.Count > 0, "S3:AllowedOrigins is empty."),
        };
    }

    private EncryptionPart Encryption() =>
        new(_bucket, nameof(Switches.Encryption), "objects are encrypted by default") { NotWanted = Switch(Switches.Encryption) };

    private RulePart SignatureAge(BucketPolicies policies)
    {
        var longestUrl = _settings.Polling.MaxUrlLifetime;
        var age = longestUrl > _leastSignatureAge ? longestUrl : _leastSignatureAge;
        return new RulePart(
            _bucket, DocumentKind.Policy, nameof(Switches.SignatureAge),
            $"presigned requests under '{Prefix}' are denied when their signature is older than {age}",
            policies.SignatureAge(age)) { NotWanted = Switch(Switches.SignatureAge) };
    }

    private RulePart TlsOnly(BucketPolicies policies, bool isHttp) =>
        new(_bucket, DocumentKind.Policy, nameof(Switches.TlsOnly), "requests without TLS are denied, to the bucket and all its objects", policies.TlsOnly())
        {
            NotWanted = Switch(Switches.TlsOnly) ?? (isHttp
                ? (ProvisioningState.Skipped, "The S3 client's address is http://, so the rule would deny every request. Use an https:// address.")
                : null),
        };

    private PublicAccessPart PublicAccess() =>
        new(_bucket, nameof(Switches.BlockPublicAccess), "all four settings of Block Public Access are on") { NotWanted = Switch(Switches.BlockPublicAccess) };

    private RulePart Network(BucketPolicies policies, bool isAws)
    {
        var (ranges, endpoints) = (_settings.S3.AllowedIpRanges, _settings.S3.AllowedVpcEndpoints);
        return new RulePart(
            _bucket, DocumentKind.Policy, nameof(Switches.Network),
            $"presigned requests under '{Prefix}' are denied unless they come from {Words([.. ranges, .. endpoints])}", policies.Network(ranges, endpoints))
        {
            NotWanted = Switch(Switches.Network)
                ?? Needs(ranges.Count + endpoints.Count > 0, "Neither S3:AllowedIpRanges nor S3:AllowedVpcEndpoints is set."),
            Warning = isAws ? WarnOfPrivateRanges([.. ranges.Distinct(StringComparer.Ordinal)], endpoints.Count > 0) : null,
        };
    }

    private static string? WarnOfPrivateRanges(IReadOnlyList<string> ranges, bool hasVpcEndpoint)
    {
        var some = ranges.Where(IsPrivate).ToList();
        var others = some.Count == ranges.Count && !hasVpcEndpoint ? " Nothing else is set, so nobody can read." : "";
        return some.Count == 0
            ? null
            : $"S3:AllowedIpRanges contains private addresses ({Words(some)}). S3 sees only public addresses, so these let nobody in.{others} "
                + "Set the public addresses of the callers, or their VPC endpoint in S3:AllowedVpcEndpoints.";
    }

    private static bool IsPrivate(string range) => IPNetwork.TryParse(range, out var network)
        && _privateRanges.Any(each => each.PrefixLength <= network.PrefixLength && each.Contains(network.BaseAddress));

    private static bool IsAws(string host) =>
        host.EndsWith(".amazonaws.com", StringComparison.OrdinalIgnoreCase) || host.EndsWith(".amazonaws.com.cn", StringComparison.OrdinalIgnoreCase);

    private JsonObject Rule(string what, JsonObject filter, string action, JsonNode value) =>
        new() { ["ID"] = RuleIds.RuleId(what, Prefix), ["Filter"] = filter, ["Status"] = "Enabled", [action] = value };

    private static JsonObject Under(string prefix) => new() { ["Prefix"] = prefix };

    private static (ProvisioningState State, string Reason)? Switch(bool isOn) => Needs(isOn, "It is switched off.");

    private static (ProvisioningState State, string Reason)? Needs(bool isMet, string reason) => isMet ? null : (ProvisioningState.Off, reason);

    private static string Days(int days) => days == 1 ? "1 day" : string.Create(CultureInfo.InvariantCulture, $"{days} days");

    private static string Words(IEnumerable<string> texts) =>
        texts.Any() ? string.Join(", ", texts.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)) : "(none)";
}
