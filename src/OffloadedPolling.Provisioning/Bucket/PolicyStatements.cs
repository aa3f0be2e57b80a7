using System.Globalization;
using System.Text.Json.Nodes;

namespace OffloadedPolling.Provisioning;

/// <summary>The denials that belong to this pattern.</summary>
/// <param name="partition">The first part of the bucket's ARN: <c>aws</c>, <c>aws-cn</c>, <c>aws-us-gov</c>.</param>
/// <param name="bucket">The bucket's name.</param>
/// <param name="prefix">What the status keys begin with.</param>
/// <remarks>
/// The conditions say IfExists where a server may not know the key: AWS knows all of them, Ceph's gateway neither <c>s3:authType</c> nor
/// <c>aws:SourceVpce</c>, and a condition on a key that it does not know never holds there without it.
/// https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html#amazons3-policy-keys
/// </remarks>
internal sealed class PolicyStatements(string partition, string bucket, string prefix)
{
    private string BucketArn => $"arn:{partition}:s3:::{bucket}";

    public JsonObject TlsOnly() => Deny(
        OwnNames.TlsOnlySid,
        [BucketArn, $"{BucketArn}/*"],
        new JsonObject { ["BoolIfExists"] = new JsonObject { ["aws:SecureTransport"] = "false" } });

    public JsonObject SignatureAge(TimeSpan longest) => DenyPresigned("SignatureAge", new JsonObject
    {
        ["NumericGreaterThan"] = new JsonObject { ["s3:signatureAge"] = ((long)longest.TotalMilliseconds).ToString(CultureInfo.InvariantCulture) },
    });

    /// <summary>All conditions of a denial hold together: coming from a range or through an endpoint is enough.</summary>
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

    private JsonObject DenyPresigned(string what, JsonObject conditions)
    {
        conditions.Insert(0, "StringEqualsIfExists", new JsonObject { ["s3:authType"] = "REST-QUERY-STRING" });
        return Deny(OwnNames.Sid(what, prefix), [$"{BucketArn}/{prefix}*"], conditions);
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

    private static JsonArray List(IEnumerable<string> texts) =>
        new([.. texts.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).Select(text => (JsonNode)JsonValue.Create(text))]);
}
