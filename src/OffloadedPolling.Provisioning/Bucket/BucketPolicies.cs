using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace OffloadedPolling.Provisioning;

/// <summary>
/// The ids of this library's own rules and statements, in a bucket that others use as well. They contain the key prefix, so that several hosts
/// with different prefixes may share a bucket.
/// </summary>
internal static class RuleIds
{
    // S3 accepts ids of up to 255 characters.
    private const int MaxPrefixInId = 200;

    private const string Start = "offloaded-polling-";

    public const string TlsOnlySid = "OffloadedPollingTlsOnly";

    public static string RuleId(string what, string prefix) =>
        $"{Start}{what} {(prefix.Length <= MaxPrefixInId ? prefix : $"{prefix[..MaxPrefixInId]}~{Hash(prefix)}")}";

    /// <summary>Whether a rule is this library's, for any prefix.</summary>
    public static bool IsOwn(string? id) => id?.StartsWith(Start, StringComparison.Ordinal) == true;

    // A Sid may contain only letters and digits.
    // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_sid.html
    public static string Sid(string what, string prefix) =>
        $"OffloadedPolling{what}{string.Concat(prefix.Where(char.IsAsciiLetterOrDigit).Take(32))}{Hash(prefix)}";

    private static string Hash(string prefix) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(prefix)).AsSpan(0, 6));
}

/// <summary>The statements of the bucket's policy.</summary>
/// <param name="partition">The first part of the bucket's ARN: <c>aws</c>, <c>aws-cn</c>, <c>aws-us-gov</c>.</param>
/// <param name="bucket">The bucket's name.</param>
/// <param name="prefix">What the status keys begin with.</param>
/// <remarks>
/// The conditions say IfExists where a server may not know the key: Ceph's gateway knows neither <c>s3:authType</c> nor
/// <c>aws:SourceVpce</c>, and without IfExists a condition on an unknown key never holds there.
/// https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html#amazons3-policy-keys
/// </remarks>
internal sealed class BucketPolicies(string partition, string bucket, string prefix)
{
    private string BucketArn => $"arn:{partition}:s3:::{bucket}";

    public JsonObject TlsOnly() => Deny(
        RuleIds.TlsOnlySid,
        [BucketArn, $"{BucketArn}/*"],
        new JsonObject { ["BoolIfExists"] = new JsonObject { ["aws:SecureTransport"] = "false" } });

    public JsonObject SignatureAge(TimeSpan longest) => DenyPresigned("SignatureAge", new JsonObject
    {
        ["NumericGreaterThan"] = new JsonObject { ["s3:signatureAge"] = ((long)longest.TotalMilliseconds).ToString(CultureInfo.InvariantCulture) },
    });

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

    /// <summary>Returns a JSON list in one order, whatever the order of the settings.</summary>
    public static JsonArray List(IEnumerable<string> texts) =>
        new([.. texts.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).Select(text => (JsonNode)JsonValue.Create(text))]);

    private JsonObject DenyPresigned(string what, JsonObject conditions)
    {
        conditions.Insert(0, "StringEqualsIfExists", new JsonObject { ["s3:authType"] = "REST-QUERY-STRING" });
        return Deny(RuleIds.Sid(what, prefix), [$"{BucketArn}/{prefix}*"], conditions);
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
