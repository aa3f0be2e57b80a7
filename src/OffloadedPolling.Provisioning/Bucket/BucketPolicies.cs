using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace OffloadedPolling.Provisioning;

/// <summary>The statements of the bucket's policy, and the ids of this library's rules and statements.</summary>
/// <remarks>
/// Others use the bucket as well, so the ids contain the key prefix: several hosts with different prefixes may share a bucket. The
/// conditions say IfExists where a server may not know the key: Ceph's gateway knows neither <c>s3:authType</c> nor
/// <c>aws:SourceVpce</c>, and without IfExists a condition on an unknown key never holds there.
/// https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html#amazons3-policy-keys
/// </remarks>
internal sealed class BucketPolicies(string partition, string bucket, string prefix)
{
    // S3 accepts ids of up to 255 characters.
    private const int MaxPrefixInId = 200;

    private const string RuleStart = "offloaded-polling-";

    public const string TlsOnlySid = "OffloadedPollingTlsOnly";

    private readonly string _arn = $"arn:{partition}:s3:::{bucket}";

    public JsonObject TlsOnly() =>
        Deny(TlsOnlySid, [_arn, $"{_arn}/*"], new JsonObject { ["BoolIfExists"] = new JsonObject { ["aws:SecureTransport"] = "false" } });

    public JsonObject SignatureAge(TimeSpan longest)
    {
        var age = ((long)longest.TotalMilliseconds).ToString(CultureInfo.InvariantCulture);
        return DenyPresigned("SignatureAge", new JsonObject { ["NumericGreaterThan"] = new JsonObject { ["s3:signatureAge"] = age } });
    }

    /// <summary>All conditions of a statement must hold: one range or one endpoint that matches is enough to be let in.</summary>
    public JsonObject Network(IEnumerable<string> ranges, IEnumerable<string> vpcEndpoints)
    {
        var conditions = new JsonObject();
        if (ranges.Any())
        {
            conditions["NotIpAddress"] = new JsonObject { ["aws:SourceIp"] = List(ranges) };
        }

        if (vpcEndpoints.Any())
        {
            conditions["StringNotEqualsIfExists"] = new JsonObject { ["aws:SourceVpce"] = List(vpcEndpoints) };
        }

        return DenyPresigned("Network", conditions);
    }

    public static string RuleId(string what, string prefix) =>
        $"{RuleStart}{what} {(prefix.Length <= MaxPrefixInId ? prefix : $"{prefix[..MaxPrefixInId]}~{Hash(prefix)}")}";

    /// <summary>Whether a rule is this library's, for any prefix.</summary>
    public static bool IsOwn(string? ruleId) => ruleId?.StartsWith(RuleStart, StringComparison.Ordinal) == true;

    // A Sid may contain only letters and digits.
    // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_sid.html
    public static string Sid(string what, string prefix) =>
        $"OffloadedPolling{what}{string.Concat(prefix.Where(char.IsAsciiLetterOrDigit).Take(32))}{Hash(prefix)}";

    /// <summary>Returns a list in one order, whatever the order of the settings.</summary>
    public static JsonArray List(IEnumerable<string> texts) =>
        new([.. texts.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).Select(text => (JsonNode)JsonValue.Create(text))]);

    private static string Hash(string prefix) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(prefix)).AsSpan(0, 6));

    private JsonObject DenyPresigned(string what, JsonObject conditions)
    {
        conditions.Insert(0, "StringEqualsIfExists", new JsonObject { ["s3:authType"] = "REST-QUERY-STRING" });
        return Deny(Sid(what, prefix), [$"{_arn}/{prefix}*"], conditions);
    }

    private static JsonObject Deny(string sid, IEnumerable<string> resources, JsonObject conditions) => new()
    {
        ["Sid"] = sid,
        ["Effect"] = "Deny",
        ["Principal"] = "*",
        ["Action"] = "s3:*",
        ["Resource"] = List(resources),
        ["Condition"] = conditions,
    };
}
