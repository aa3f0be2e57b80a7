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
    /// <param name="id">The id.</param>
    /// <param name="rule">The rule; <see langword="null"/> to remove it.</param>
    string? With(string id, string? rule);
}

/// <param name="Resource">The document's name in the query.</param>
/// <param name="Permission">The permission to read it, after <c>s3:Get</c>, and to write it, after <c>s3:Put</c>.</param>
/// <param name="IdName">The member that holds a rule's id.</param>
/// <param name="Parse">Reads the document.</param>
/// <param name="ToText">Writes a rule as the document has it.</param>
/// <param name="MeaningOf">Two rules are the same if this is.</param>
internal sealed record DocumentKind(
    string Resource, string Permission, string IdName,
    Func<string?, ISharedDocument> Parse, Func<JsonObject, string> ToText, Func<string, string> MeaningOf)
{
    public static readonly DocumentKind Lifecycle = new(
        "lifecycle", "LifecycleConfiguration", "ID",
        text => RuleDocument.Parse(text, "LifecycleConfiguration", "Rule"), rule => RuleDocument.ToXml("Rule", rule), RuleDocument.MeaningOf);

    public static readonly DocumentKind Cors = new(
        "cors", "BucketCORS", "ID",
        text => RuleDocument.Parse(text, "CORSConfiguration", "CORSRule"), rule => RuleDocument.ToXml("CORSRule", rule), RuleDocument.MeaningOf);

    public static readonly DocumentKind Policy = new(
        "policy", "BucketPolicy", "Sid", PolicyDocument.Parse, rule => PolicyDocument.ToText(rule), PolicyDocument.MeaningOf);
}

/// <summary>One rule of a document that others use as well, known by its id.</summary>
/// <param name="bucket">The bucket.</param>
/// <param name="kind">The document.</param>
/// <param name="name">The part's name.</param>
/// <param name="expected">A description of what is expected.</param>
/// <param name="rule">The rule, as the AWS CLI takes it.</param>
internal sealed class RulePart(BucketConfiguration bucket, DocumentKind kind, string name, string expected, JsonObject rule)
    : Part(name, expected, kind.ToText(rule))
{
    private readonly string _id = rule[kind.IdName]!.GetValue<string>();

    public DocumentKind Kind => kind;

    public JsonObject Rule => rule;

    /// <summary>Whether the bucket needs the rule only if it has versions.</summary>
    public bool IsForVersions { get; init; }

    public override async Task<Current> ReadAsync(CancellationToken cancellationToken)
    {
        var current = kind.Parse((await ReadDocumentAsync(cancellationToken).ConfigureAwait(false))?.Text).Find(_id, Value);
        return current.Value is null && IsForVersions && !await bucket.HasVersionsAsync(cancellationToken).ConfigureAwait(false)
            ? new Current("the bucket has no versions") { State = ProvisioningState.InSync }
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

    public override bool IsNamed => false;

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
        var rule = new ServerSideEncryptionRule { ServerSideEncryptionByDefault = new() { ServerSideEncryptionAlgorithm = newValue } };
        var put = new PutBucketEncryptionRequest { BucketName = bucket.Bucket, ServerSideEncryptionConfiguration = new() { ServerSideEncryptionRules = [rule] } };
        var delete = new DeleteBucketEncryptionRequest { BucketName = bucket.Bucket };
        _ = newValue is null
            ? (object)await bucket.CallAsync(Permission, s3 => s3.DeleteBucketEncryptionAsync(delete, cancellationToken)).ConfigureAwait(false)
            : await bucket.CallAsync(Permission, s3 => s3.PutBucketEncryptionAsync(put, cancellationToken)).ConfigureAwait(false);
    }

    public override bool Matches(string current) => true;
}

/// <summary>Block Public Access, all four settings of it. The value names those that are on.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html</remarks>
internal sealed class PublicAccessPart(BucketConfiguration bucket, string name, string expected) : Part(name, expected, string.Join(", ", Settings))
{
    public static readonly string[] Settings = ["BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"];

    private const string Resource = "publicAccessBlock";

    public override bool IsNamed => false;

    public override async Task<Current> ReadAsync(CancellationToken cancellationToken)
    {
        var document = await bucket.ReadAsync(Resource, "s3:GetBucketPublicAccessBlock", cancellationToken).ConfigureAwait(false);
        var on = document is null ? [] : Settings.Where(XElement.Parse(document.Text).Elements().Where(IsTrue).Select(each => each.Name.LocalName).Contains).ToList();
        var value = on.Count == 0 ? null : string.Join(", ", on);
        if (value == Value || !await bucket.IsPublicAsync(cancellationToken).ConfigureAwait(false))
        {
            return new Current(value);
        }

        return new Current(value, "The bucket's policy grants public access, which this would end. Remove that statement, or set BlockPublicAccess to false.")
        {
            State = ProvisioningState.Failed,
        };
    }

    public override Task WriteAsync(string? newValue, CancellationToken cancellationToken)
    {
        var on = newValue?.Split(", ") ?? [];
        XNamespace space = "http://s3.amazonaws.com/doc/2006-03-01/";
        var document = new XElement(space + "PublicAccessBlockConfiguration", Settings.Select(each => new XElement(space + each, on.Contains(each))));
        var after = newValue is null ? null : new BucketDocument(document.ToString(SaveOptions.DisableFormatting));
        return bucket.WriteAsync(Resource, "s3:PutBucketPublicAccessBlock", after, cancellationToken);
    }

    private static bool IsTrue(XElement element) => element.Value.Trim().Equals("true", StringComparison.OrdinalIgnoreCase);
}
