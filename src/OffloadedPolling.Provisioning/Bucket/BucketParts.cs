using System.Text.Json.Nodes;
using System.Xml;
using System.Xml.Linq;
using Amazon.S3.Model;

namespace OffloadedPolling.Provisioning;

/// <summary>A part that is included in the input of the AWS CLI.</summary>
internal abstract record BucketPart(string Name, string Expected, string Value) : Part(Name, Expected, Value)
{
    public abstract void AddTo(JsonObject input);
}

/// <summary>One rule of a shared document, in the format of the AWS CLI.</summary>
internal sealed record RulePart(BucketConfiguration Bucket, SharedDocument Document, string Name, string Expected, JsonObject Rule)
    : BucketPart(Name, Expected, Document.ToText(Rule))
{
    private readonly string _id = Rule[Document.IdName]!.GetValue<string>();

    public override async Task<Finding> ReadAsync(CancellationToken cancellationToken)
    {
        var found = Found(Document.Find((await ReadDocumentAsync(cancellationToken).ConfigureAwait(false))?.Text, _id));
        return found.Value is null && Rule.ContainsKey("NoncurrentVersionExpiration")
            && !await HasVersionsAsync(cancellationToken).ConfigureAwait(false)
                ? new Finding(ProvisioningState.InSync, "the bucket has no versions")
                : found;
    }

    public override async Task WriteAsync(string? newValue, CancellationToken cancellationToken)
    {
        var before = await ReadDocumentAsync(cancellationToken).ConfigureAwait(false);
        var after = Document.With(before?.Text, _id, newValue) is { } text ? new BucketDocument(text, before?.MinimumSize) : null;
        await Bucket.WriteAsync(Document.Resource, $"s3:Put{Document.Permission}", after, cancellationToken).ConfigureAwait(false);
    }

    public override bool Matches(string current) => Document.MeaningOf(current) == Document.MeaningOf(Value);

    public override void AddTo(JsonObject input) =>
        (input[Document.Resource] ??= JsonNode.Parse(Document.Empty))!.AsObject().Last().Value!.AsArray().Add(Rule.DeepClone());

    private Task<BucketDocument?> ReadDocumentAsync(CancellationToken cancellationToken) =>
        Bucket.ReadAsync(Document.Resource, $"s3:Get{Document.Permission}", cancellationToken);

    // A bucket with suspended versioning still has its earlier versions.
    private async Task<bool> HasVersionsAsync(CancellationToken cancellationToken)
    {
        var get = new GetBucketVersioningRequest { BucketName = Bucket.Name };
        var call = Bucket.CallAsync("s3:GetBucketVersioning", s3 => s3.GetBucketVersioningAsync(get, cancellationToken), cancellationToken);
        return (await call.ConfigureAwait(false)).VersioningConfig?.Status?.Value is "Enabled" or "Suspended";
    }
}

/// <summary>The default encryption of the bucket. Any algorithm is accepted. If there is none, SSE-S3 (AES256) is set.</summary>
internal sealed record EncryptionPart(BucketConfiguration Bucket, string Name)
    : BucketPart(Name, "objects are encrypted by default", "AES256")
{
    private const string Permission = "s3:PutEncryptionConfiguration";

    public override async Task<Finding> ReadAsync(CancellationToken cancellationToken)
    {
        var get = new GetBucketEncryptionRequest { BucketName = Bucket.Name };
        var call = Bucket.CallAsync(
            "s3:GetEncryptionConfiguration", s3 => s3.GetBucketEncryptionAsync(get, cancellationToken), cancellationToken);
        var rule = (await call.ConfigureAwait(false)).ServerSideEncryptionConfiguration?.ServerSideEncryptionRules?.FirstOrDefault();
        var algorithm = rule?.ServerSideEncryptionByDefault?.ServerSideEncryptionAlgorithm?.Value;
        return new Finding(algorithm is null ? ProvisioningState.Missing : ProvisioningState.InSync, algorithm);
    }

    public override Task WriteAsync(string? newValue, CancellationToken cancellationToken)
    {
        if (newValue is null)
        {
            var delete = new DeleteBucketEncryptionRequest { BucketName = Bucket.Name };
            return Bucket.CallAsync(Permission, s3 => s3.DeleteBucketEncryptionAsync(delete, cancellationToken), cancellationToken);
        }

        var rule = new ServerSideEncryptionRule { ServerSideEncryptionByDefault = new() { ServerSideEncryptionAlgorithm = newValue } };
        var put = new PutBucketEncryptionRequest
        {
            BucketName = Bucket.Name,
            ServerSideEncryptionConfiguration = new() { ServerSideEncryptionRules = [rule] },
        };
        return Bucket.CallAsync(Permission, s3 => s3.PutBucketEncryptionAsync(put, cancellationToken), cancellationToken);
    }

    public override void AddTo(JsonObject input) => input["encryption"] =
        JsonNode.Parse("""{"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]}""");
}

/// <summary>The four settings of Block Public Access. The value lists those that are on.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html</remarks>
internal sealed record PublicAccessPart(BucketConfiguration Bucket, string Name)
    : BucketPart(Name, "all four settings of Block Public Access are on", string.Join(", ", _settings))
{
    private const string Resource = "publicAccessBlock";

    private static readonly string[] _settings = ["BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"];

    public override async Task<Finding> ReadAsync(CancellationToken cancellationToken)
    {
        var document = await Bucket.ReadAsync(Resource, "s3:GetBucketPublicAccessBlock", cancellationToken).ConfigureAwait(false);
        var on = document is null ? [] : Parse(document.Text).Elements().Where(IsTrue).Select(each => each.Name.LocalName);
        var value = string.Join(", ", _settings.Intersect(on)) is { Length: > 0 } some ? some : null;
        return value == Value || !await IsPublicAsync(cancellationToken).ConfigureAwait(false)
            ? Found(value)
            : new Finding(ProvisioningState.Failed, value,
                "The bucket's policy grants public access, which this part would block. Remove that statement, or switch the part off.");
    }

    public override Task WriteAsync(string? newValue, CancellationToken cancellationToken)
    {
        var on = newValue?.Split(", ") ?? [];
        var settings = _settings.Select(each => new XElement(RuleDocument.S3 + each, on.Contains(each)));
        var document = new XElement(RuleDocument.S3 + "PublicAccessBlockConfiguration", settings).ToString(SaveOptions.DisableFormatting);
        return Bucket.WriteAsync(Resource, "s3:PutBucketPublicAccessBlock", newValue is null ? null : new(document), cancellationToken);
    }

    public override void AddTo(JsonObject input) =>
        input[Resource] = new JsonObject(_settings.Select(setting => KeyValuePair.Create(setting, (JsonNode?)true)));

    private async Task<bool> IsPublicAsync(CancellationToken cancellationToken)
    {
        var get = new GetBucketPolicyStatusRequest { BucketName = Bucket.Name };
        var call = Bucket.CallAsync(
            "s3:GetBucketPolicyStatus", s3 => s3.GetBucketPolicyStatusAsync(get, cancellationToken), cancellationToken);
        return (await call.ConfigureAwait(false)).PolicyStatus?.IsPublic == true;
    }

    private static XElement Parse(string document)
    {
        try
        {
            return XElement.Parse(document);
        }
        catch (XmlException unreadable)
        {
            throw new PartException($"The bucket's {Resource} is not XML: {unreadable.Message}", unreadable);
        }
    }

    private static bool IsTrue(XElement element) => element.Value.Trim().Equals("true", StringComparison.OrdinalIgnoreCase);
}
