using System.Text.Json.Nodes;
using System.Xml.Linq;
using Amazon.S3.Model;

namespace OffloadedPolling.Provisioning;

/// <summary>A document in which this library and third parties have rules.</summary>
internal interface ISharedDocument
{
    /// <summary>Returns the rule that has an id.</summary>
    /// <exception cref="PartException">Several rules have it.</exception>
    Current Find(string id, string wanted);

    /// <summary>Returns the document with another rule in place of the one with an id; <see langword="null"/> if no rule is left.</summary>
    string? With(string id, string? rule);
}

/// <summary>How one of the shared documents is read and written. The permission stands after <c>s3:Get</c> and <c>s3:Put</c>.</summary>
internal sealed record DocumentKind(
    string Resource, string Permission, string IdName,
    Func<string?, ISharedDocument> Parse, Func<JsonObject, string> ToText, Func<string, string> MeaningOf)
{
    public static readonly DocumentKind Lifecycle = new(
        "lifecycle", "LifecycleConfiguration", "ID", text => RuleDocument.Parse(text, "LifecycleConfiguration", "Rule"),
        rule => RuleDocument.ToXml("Rule", rule), RuleDocument.MeaningOf);

    public static readonly DocumentKind Cors = new(
        "cors", "BucketCORS", "ID", text => RuleDocument.Parse(text, "CORSConfiguration", "CORSRule"),
        rule => RuleDocument.ToXml("CORSRule", rule), RuleDocument.MeaningOf);

    public static readonly DocumentKind Policy = new(
        "policy", "BucketPolicy", "Sid", PolicyDocument.Parse, rule => PolicyDocument.ToText(rule), PolicyDocument.MeaningOf);
}

/// <summary>One rule of a document that others use as well, known by its id, and given as the AWS CLI takes it.</summary>
internal sealed class RulePart(BucketConfiguration bucket, DocumentKind kind, string name, string expected, JsonObject rule)
    : Part(name, expected, kind.ToText(rule))
{
    private readonly string _id = rule[kind.IdName]!.GetValue<string>();

    public DocumentKind Kind => kind;

    public JsonObject Rule => rule;

    /// <summary>Whether only a bucket with versions needs the rule.</summary>
    public bool IsForVersions { get; init; }

    public override bool IsNamed => true;

    public override async Task<Current> ReadAsync(CancellationToken cancellationToken)
    {
        var current = kind.Parse((await ReadDocumentAsync(cancellationToken).ConfigureAwait(false))?.Text).Find(_id, Value);
        return current.Value is null
            && NotWanted is null && IsForVersions && !await bucket.HasVersionsAsync(cancellationToken).ConfigureAwait(false)
            ? new Current("the bucket has no versions", ProvisioningState.InSync)
            : current;
    }

    public override async Task WriteAsync(string? newValue, CancellationToken cancellationToken)
    {
        var before = await ReadDocumentAsync(cancellationToken).ConfigureAwait(false);
        var text = kind.Parse(before?.Text).With(_id, newValue);
        var after = text is null ? null : new BucketDocument(text, before?.MinimumSize);
        await bucket.WriteAsync(kind.Resource, $"s3:Put{kind.Permission}", after, cancellationToken).ConfigureAwait(false);
    }

    public override bool Matches(string current) => kind.MeaningOf(current) == kind.MeaningOf(Value);

    private Task<BucketDocument?> ReadDocumentAsync(CancellationToken cancellationToken) =>
        bucket.ReadAsync(kind.Resource, $"s3:Get{kind.Permission}", cancellationToken);
}

/// <summary>Default encryption: any is fine, and S3's own is set where there is none.</summary>
internal sealed class EncryptionPart(BucketConfiguration bucket, string name, string expected) : Part(name, expected, Algorithm)
{
    public const string Algorithm = "AES256";

    private const string Permission = "s3:PutEncryptionConfiguration";

    public override async Task<Current> ReadAsync(CancellationToken cancellationToken)
    {
        var request = new GetBucketEncryptionRequest { BucketName = bucket.Bucket };
        var found = await bucket.CallAsync("s3:GetEncryptionConfiguration", s3 => s3.GetBucketEncryptionAsync(request, cancellationToken))
            .ConfigureAwait(false);
        var rule = found.ServerSideEncryptionConfiguration?.ServerSideEncryptionRules?.FirstOrDefault();
        return new Current(rule?.ServerSideEncryptionByDefault?.ServerSideEncryptionAlgorithm?.Value);
    }

    public override async Task WriteAsync(string? newValue, CancellationToken cancellationToken)
    {
        if (newValue is null)
        {
            var request = new DeleteBucketEncryptionRequest { BucketName = bucket.Bucket };
            await bucket.CallAsync(Permission, s3 => s3.DeleteBucketEncryptionAsync(request, cancellationToken)).ConfigureAwait(false);
            return;
        }

        var rule = new ServerSideEncryptionRule { ServerSideEncryptionByDefault = new() { ServerSideEncryptionAlgorithm = newValue } };
        var encryption = new ServerSideEncryptionConfiguration { ServerSideEncryptionRules = [rule] };
        var put = new PutBucketEncryptionRequest { BucketName = bucket.Bucket, ServerSideEncryptionConfiguration = encryption };
        await bucket.CallAsync(Permission, s3 => s3.PutBucketEncryptionAsync(put, cancellationToken)).ConfigureAwait(false);
    }

    public override bool Matches(string current) => true;
}

/// <summary>Block Public Access, all four settings of it. The value names those that are on.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html</remarks>
internal sealed class PublicAccessPart(BucketConfiguration bucket, string name, string expected)
    : Part(name, expected, string.Join(", ", Settings))
{
    public static readonly string[] Settings = ["BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"];

    private const string Resource = "publicAccessBlock";

    public override async Task<Current> ReadAsync(CancellationToken cancellationToken)
    {
        var document = await bucket.ReadAsync(Resource, "s3:GetBucketPublicAccessBlock", cancellationToken).ConfigureAwait(false);
        var on = document is null ? [] : XElement.Parse(document.Text).Elements().Where(IsTrue).Select(each => each.Name.LocalName);
        var value = string.Join(", ", Settings.Intersect(on)) is { Length: > 0 } some ? some : null;
        return value == Value || !await bucket.IsPublicAsync(cancellationToken).ConfigureAwait(false)
            ? new Current(value)
            : new Current(value, ProvisioningState.Failed,
                "The bucket's policy grants public access, which this would end. Remove that statement, or switch BlockPublicAccess off.");
    }

    public override Task WriteAsync(string? newValue, CancellationToken cancellationToken)
    {
        var on = newValue?.Split(", ") ?? [];
        XNamespace space = "http://s3.amazonaws.com/doc/2006-03-01/";
        var settings = Settings.Select(each => new XElement(space + each, on.Contains(each)));
        var document = new XElement(space + "PublicAccessBlockConfiguration", settings);
        var after = newValue is null ? null : new BucketDocument(document.ToString(SaveOptions.DisableFormatting));
        return bucket.WriteAsync(Resource, "s3:PutBucketPublicAccessBlock", after, cancellationToken);
    }

    private static bool IsTrue(XElement element) => element.Value.Trim().Equals("true", StringComparison.OrdinalIgnoreCase);
}
