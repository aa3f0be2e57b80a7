using System.Text.Json.Nodes;
using System.Xml.Linq;

namespace OffloadedPolling.Provisioning;

/// <summary>Default encryption: any is right, and S3's own is put where there is none.</summary>
internal sealed class EncryptionPart(string name, string shouldBe) : BucketPart(name, "encryption", shouldBe)
{
    private const string Algorithm = "AES256";

    /// <summary>As the AWS CLI takes it.</summary>
    public static JsonObject ToCli() => new()
    {
        ["Rules"] = new JsonArray(new JsonObject { ["ApplyServerSideEncryptionByDefault"] = new JsonObject { ["SSEAlgorithm"] = Algorithm } }),
    };

    public static JsonObject ToCloudFormation() => new()
    {
        ["ServerSideEncryptionConfiguration"] =
            new JsonArray(new JsonObject { ["ServerSideEncryptionByDefault"] = new JsonObject { ["SSEAlgorithm"] = Algorithm } }),
    };

    // Nobody knows whose it is.
    public override bool IsKnownByName => false;

    public override Finding? CompareRemains(BucketDocument? before) => null;

    public override Finding Compare(BucketDocument? before) =>
        before is not null && BucketXml.Values(before.Text, "SSEAlgorithm") is [var found, ..]
            ? Finding.Right(found)
            : Finding.Wrong(wasThere: false, "none", before, new BucketDocument(ToXml()));

    // Another encryption is somebody else's by now.
    public override BucketDocument? TakeBack(BucketDocument? now, Finding finding) =>
        now is not null && BucketXml.Values(now.Text, "SSEAlgorithm") is [Algorithm] ? finding.Before : now;

    private static string ToXml()
    {
        var rule = new XElement("Rule", new XElement("ApplyServerSideEncryptionByDefault", new XElement("SSEAlgorithm", Algorithm)));
        return RuleList.InNamespace(new XElement("ServerSideEncryptionConfiguration", rule), RuleListKind.Lifecycle.Namespace).ToString(SaveOptions.DisableFormatting);
    }
}
