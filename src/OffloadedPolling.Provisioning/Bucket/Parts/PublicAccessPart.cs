using System.Text.Json.Nodes;
using System.Xml.Linq;

namespace OffloadedPolling.Provisioning;

/// <summary>Block Public Access, all four settings of it.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html</remarks>
internal sealed class PublicAccessPart(string name, string shouldBe) : BucketPart(name, "publicAccessBlock", shouldBe)
{
    private static readonly string[] _settings = ["BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"];

    /// <summary>As the AWS CLI and CloudFormation take it.</summary>
    public static JsonObject ToJson() => new([.. _settings.Select(setting => KeyValuePair.Create(setting, (JsonNode?)JsonValue.Create(true)))]);

    // Nobody knows whose it is.
    public override bool IsKnownByName => false;

    public override Finding? CompareRemains(BucketDocument? before) => null;

    public override async Task<Finding> InspectAsync(BucketDocuments documents, CancellationToken cancel)
    {
        var finding = await base.InspectAsync(documents, cancel).ConfigureAwait(false);
        return finding.IsToBeApplied && await documents.ReadAsync("policyStatus", cancel).ConfigureAwait(false) is { } status && BucketXml.IsTrue(status.Text, "IsPublic")
            ? Finding.Refused(finding.Is,
                "The bucket's policy lets everybody in somewhere, and Block Public Access would shut them out. Remove that statement, or set BlockPublicAccess to false.")
            : finding;
    }

    public override Finding Compare(BucketDocument? before)
    {
        var missing = before is null ? _settings : [.. _settings.Where(setting => !BucketXml.IsTrue(before.Text, setting))];
        if (missing.Length == 0)
        {
            return Finding.Right("all four settings are on");
        }

        // Ceph's gateway tells it by another name than it takes it.
        var back = before is null ? null : new BucketDocument(ToXml(setting => !missing.Contains(setting)));
        return Finding.Wrong(
            wasThere: missing.Length < _settings.Length,
            missing.Length == _settings.Length ? "off" : $"without {string.Join(", ", missing)}",
            back,
            new BucketDocument(ToXml(_ => true)));
    }

    // What was on before stays as it is now: on, unless somebody has switched it off meanwhile.
    public override BucketDocument? TakeBack(BucketDocument? now, Finding finding) =>
        now is null || finding.Before is null || _settings.All(setting => BucketXml.IsTrue(now.Text, setting))
            ? now is null ? null : finding.Before
            : new BucketDocument(ToXml(setting => BucketXml.IsTrue(now.Text, setting) && BucketXml.IsTrue(finding.Before.Text, setting)));

    private static string ToXml(Func<string, bool> isOn) => RuleList.InNamespace(
        new XElement("PublicAccessBlockConfiguration", _settings.Select(setting => new XElement(setting, isOn(setting) ? "true" : "false"))),
        RuleListKind.Lifecycle.Namespace).ToString(SaveOptions.DisableFormatting);
}
