using System.Text.Json.Nodes;
using System.Xml.Linq;
using Amazon.S3.Model;

namespace OffloadedPolling.Provisioning;

/// <summary>A part that has a place in the AWS CLI's input.</summary>
internal abstract class BucketPart(string name, string expected, string value) : Part(name, expected, value)
{
    public abstract void AddTo(JsonObject input);
}

/// <summary>One rule of a document that others use as well, given as the AWS CLI takes it.</summary>
internal sealed class RulePart(BucketConfiguration bucket, SharedDocument document, string name, string expected, JsonObject rule)
    : BucketPart(name, expected, document.ToText(rule))
{
    private readonly string _id = rule[document.IdName]!.GetValue<string>();

    public override bool IsNamed => true;

    public override async Task<Finding> ReadAsync(CancellationToken cancellationToken)
    {
        var found = Found(document.Find((await ReadDocumentAsync(cancellationToken).ConfigureAwait(false))?.Text, _id));
        return found.Value is null && NotWanted is null && rule.ContainsKey("NoncurrentVersionExpiration")
            && !await HasVersionsAsync(cancellationToken).ConfigureAwait(false)
                ? new Finding(ProvisioningState.InSync, "the bucket has no versions")
                : found;
    }

    public override async Task WriteAsync(string? newValue, CancellationToken cancellationToken)
    {
        var before = await ReadDocumentAsync(cancellationToken).ConfigureAwait(false);
        var after = document.With(before?.Text, _id, newValue) is { } text ? new BucketDocument(text, before?.MinimumSize) : null;
        await bucket.WriteAsync(document.Resource, $"s3:Put{document.Permission}", after, cancellationToken).ConfigureAwait(false);
    }

    public override bool Matches(string current) => document.MeaningOf(current) == document.MeaningOf(Value);

    public override void AddTo(JsonObject input) =>
        (input[document.Resource] ??= JsonNode.Parse(document.Empty))!.AsObject().Last().Value!.AsArray().Add(rule.DeepClone());

    private Task<BucketDocument?> ReadDocumentAsync(CancellationToken cancellationToken) =>
        bucket.ReadAsync(document.Resource, $"s3:Get{document.Permission}", cancellationToken);

    // A bucket whose versioning is suspended still has its earlier versions.
    private async Task<bool> HasVersionsAsync(CancellationToken cancellationToken)
    {
        var get = new GetBucketVersioningRequest { BucketName = bucket.Name };
        var call = bucket.CallAsync("s3:GetBucketVersioning", s3 => s3.GetBucketVersioningAsync(get, cancellationToken), cancellationToken);
        return (await call.ConfigureAwait(false)).VersioningConfig?.Status?.Value is "Enabled" or "Suspended";
    }
}

/// <summary>Default encryption: any is fine, and S3's own is set where there is none.</summary>
internal sealed class EncryptionPart(BucketConfiguration bucket, string name)
    : BucketPart(name, "objects are encrypted by default", "AES256")
{
    private const string Permission = "s3:PutEncryptionConfiguration";

    public override async Task<Finding> ReadAsync(CancellationToken cancellationToken)
    {
        var get = new GetBucketEncryptionRequest { BucketName = bucket.Name };
        var call = bucket.CallAsync(
            "s3:GetEncryptionConfiguration", s3 => s3.GetBucketEncryptionAsync(get, cancellationToken), cancellationToken);
        var rule = (await call.ConfigureAwait(false)).ServerSideEncryptionConfiguration?.ServerSideEncryptionRules?.FirstOrDefault();
        return Found(rule?.ServerSideEncryptionByDefault?.ServerSideEncryptionAlgorithm?.Value);
    }

    public override Task WriteAsync(string? newValue, CancellationToken cancellationToken)
    {
        if (newValue is null)
        {
            var delete = new DeleteBucketEncryptionRequest { BucketName = bucket.Name };
            return bucket.CallAsync(Permission, s3 => s3.DeleteBucketEncryptionAsync(delete, cancellationToken), cancellationToken);
        }

        var rule = new ServerSideEncryptionRule { ServerSideEncryptionByDefault = new() { ServerSideEncryptionAlgorithm = newValue } };
        var put = new PutBucketEncryptionRequest
        {
            BucketName = bucket.Name,
            ServerSideEncryptionConfiguration = new() { ServerSideEncryptionRules = [rule] },
        };
        return bucket.CallAsync(Permission, s3 => s3.PutBucketEncryptionAsync(put, cancellationToken), cancellationToken);
    }

    public override bool Matches(string current) => true;

    public override void AddTo(JsonObject input) => input["encryption"] =
        JsonNode.Parse("""{"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]}""");
}

/// <summary>Block Public Access, all four settings of it. The value names those that are on.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html</remarks>
internal sealed class PublicAccessPart(BucketConfiguration bucket, string name)
    : BucketPart(name, "all four settings of Block Public Access are on", string.Join(", ", _settings))
{
    private const string Resource = "publicAccessBlock";

    private static readonly string[] _settings = ["BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"];

    public override async Task<Finding> ReadAsync(CancellationToken cancellationToken)
    {
        var document = await bucket.ReadAsync(Resource, "s3:GetBucketPublicAccessBlock", cancellationToken).ConfigureAwait(false);
        var on = document is null ? [] : XElement.Parse(document.Text).Elements().Where(IsTrue).Select(each => each.Name.LocalName);
        var value = string.Join(", ", _settings.Intersect(on)) is { Length: > 0 } some ? some : null;
        return value == Value || !await IsPublicAsync(cancellationToken).ConfigureAwait(false)
            ? Found(value)
            : new Finding(ProvisioningState.Failed, value,
                "The bucket's policy grants public access, which this would end. Remove that statement, or switch BlockPublicAccess off.");
    }

    public override Task WriteAsync(string? newValue, CancellationToken cancellationToken)
    {
        var on = newValue?.Split(", ") ?? [];
        var settings = _settings.Select(each => new XElement(RuleDocument.S3 + each, on.Contains(each)));
        var document = new XElement(RuleDocument.S3 + "PublicAccessBlockConfiguration", settings).ToString(SaveOptions.DisableFormatting);
        return bucket.WriteAsync(
            Resource, "s3:PutBucketPublicAccessBlock", newValue is null ? null : new(document), cancellationToken);
    }

    public override void AddTo(JsonObject input) =>
        input[Resource] = new JsonObject(_settings.Select(setting => KeyValuePair.Create(setting, (JsonNode?)true)));

    private async Task<bool> IsPublicAsync(CancellationToken cancellationToken)
    {
        var get = new GetBucketPolicyStatusRequest { BucketName = bucket.Name };
        var call = bucket.CallAsync(
            "s3:GetBucketPolicyStatus", s3 => s3.GetBucketPolicyStatusAsync(get, cancellationToken), cancellationToken);
        return (await call.ConfigureAwait(false)).PolicyStatus?.IsPublic == true;
    }

    private static bool IsTrue(XElement element) => element.Value.Trim().Equals("true", StringComparison.OrdinalIgnoreCase);
}
