using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Xml;
using System.Xml.Linq;

namespace OffloadedPolling.Provisioning;

/// <summary>A document of the bucket that contains rules of this library and of third parties, each with an ID.</summary>
/// <param name="Resource">The name of the document in the query of a request, and in the input of the AWS CLI.</param>
/// <param name="Permission">The suffix of its permissions after <c>s3:Get</c> and <c>s3:Put</c>.</param>
/// <param name="IdName">The name of the ID member of a rule.</param>
/// <param name="Empty">The document without rules, in the format of the AWS CLI. The last member is the list of rules.</param>
internal abstract record SharedDocument(string Resource, string Permission, string IdName, string Empty)
{
    public static readonly SharedDocument Lifecycle = new RuleDocument(
        "lifecycle", "LifecycleConfiguration", """{"Rules":[]}""", "LifecycleConfiguration", "Rule");
    public static readonly SharedDocument Cors = new RuleDocument(
        "cors", "BucketCORS", """{"CORSRules":[]}""", "CORSConfiguration", "CORSRule");
    public static readonly SharedDocument Policy = new PolicyDocument();

    /// <summary>Returns the rule with an ID, or <see langword="null"/>.</summary>
    /// <exception cref="PartException">The document cannot be read without loss, or several rules have the ID.</exception>
    public abstract string? Find(string? document, string id);

    /// <summary>Returns the document with the rule with an ID replaced, or <see langword="null"/> if no rule is left.</summary>
    /// <exception cref="PartException">The document cannot be read without loss.</exception>
    public abstract string? With(string? document, string id, string? rule);

    /// <summary>Converts a rule from the JSON format of the AWS CLI.</summary>
    public abstract string ToText(JsonObject rule);

    /// <summary>Returns a canonical form of a rule, which is the same for every way in which servers write it.</summary>
    public abstract string MeaningOf(string rule);

    // Servers write a list with one element as the element, other types as text, and reorder lists.
    protected static string MeaningOf(JsonNode? node) => node switch
    {
        null => "null",
        JsonObject fields => $"{{{Join(fields.Select(field => $"{Quote(field.Key)}:{MeaningOf(field.Value)}"))}}}",
        JsonArray { Count: 1 } single => MeaningOf(single[0]),
        JsonArray several => $"[{Join(several.Select(MeaningOf))}]",
        _ => Quote(node.ToString()),
    };

    private static string Join(IEnumerable<string> meanings) => string.Join(',', meanings.Order(StringComparer.Ordinal));
    private static string Quote(string text) => $"\"{JsonEncodedText.Encode(text)}\"";

    protected static T? Single<T>(List<T> found, string id) => found.Count <= 1
        ? found.FirstOrDefault()
        : throw new PartException($"The bucket has {found.Count} rules with the ID '{id}'. Remove all but one.");
}

/// <summary>A bucket policy. Its rules are statements.</summary>
/// <remarks>https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html</remarks>
internal sealed record PolicyDocument() : SharedDocument("policy", "BucketPolicy", "Sid", """{"Version":"2012-10-17","Statement":[]}""")
{
    // Duplicate members are rejected, because one of them would be lost.
    private static readonly JsonDocumentOptions _strict = new() { AllowDuplicateProperties = false };

    // Escapes would only make the text longer.
    private static readonly JsonSerializerOptions _compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public override string? Find(string? document, string id) =>
        Single(Parse(document)["Statement"]!.AsArray().Where(statement => IsOf(statement, id)).ToList(), id)?.ToJsonString(_compact);

    public override string? With(string? document, string id, string? rule)
    {
        var policy = Parse(document);
        var statements = policy["Statement"]!.AsArray();
        statements.RemoveAll(statement => IsOf(statement, id));
        if (rule is not null)
        {
            statements.Add(JsonNode.Parse(rule));
        }

        return statements.Count == 0 ? null : policy.ToJsonString(_compact);
    }

    public override string ToText(JsonObject rule) => rule.ToJsonString(_compact);
    public override string MeaningOf(string rule) => MeaningOf(JsonNode.Parse(rule));

    private JsonObject Parse(string? document)
    {
        try
        {
            var policy = JsonNode.Parse(document ?? Empty, documentOptions: _strict) as JsonObject;
            if (policy?["Statement"] is JsonObject single)
            {
                policy["Statement"] = new JsonArray(single.DeepClone());
            }

            return policy?["Statement"] is JsonArray
                ? policy
                : throw new PartException("The bucket's policy is not an object with a Statement that is a list or an object. Fix it.");
        }
        catch (JsonException unreadable)
        {
            throw new PartException($"The bucket's policy cannot be read without loss: {unreadable.Message} Fix it manually.", unreadable);
        }
    }

    private static bool IsOf(JsonNode? statement, string sid) =>
        statement is JsonObject fields && fields["Sid"] is JsonValue value && value.TryGetValue<string>(out var found) && found == sid;
}

/// <summary>A lifecycle or CORS configuration, in XML, because the SDK's types would lose unknown elements.</summary>
internal sealed record RuleDocument(string Resource, string Permission, string Empty, string Root, string Element)
    : SharedDocument(Resource, Permission, "ID", Empty)
{
    public static readonly XNamespace S3 = "http://s3.amazonaws.com/doc/2006-03-01/";

    public override string? Find(string? document, string id) =>
        Single(Parse(document).Elements().Where(rule => IdOf(rule) == id).ToList(), id)?.ToString(SaveOptions.DisableFormatting);

    public override string? With(string? document, string id, string? rule)
    {
        var found = Parse(document);
        var replacement = rule is null ? null : InNamespace(XElement.Parse(rule), found.Name.Namespace);
        if (found.Elements().FirstOrDefault(each => IdOf(each) == id) is { } own)
        {
            own.ReplaceWith(replacement);
        }
        else
        {
            found.Add(replacement);
        }

        return found.HasElements ? found.ToString(SaveOptions.DisableFormatting) : null;
    }

    public override string ToText(JsonObject rule) => ToElements(Element, rule).Single().ToString(SaveOptions.DisableFormatting);

    // The order of elements and the case of headers, which some servers change, are ignored.
    public override string MeaningOf(string rule) => MeaningOf(ToJson(XElement.Parse(rule)));

    private static JsonNode ToJson(XElement element)
    {
        if (element.HasElements)
        {
            var members = element.Elements().GroupBy(child => child.Name.LocalName, ToJson);
            return new JsonObject(members.Select(each => KeyValuePair.Create(each.Key, (JsonNode?)new JsonArray([.. each]))));
        }

        var isHeader = element.Name.LocalName.EndsWith("Header", StringComparison.Ordinal);
        return isHeader ? element.Value.Trim().ToUpperInvariant() : element.Value.Trim();
    }

    private XElement Parse(string? document)
    {
        try
        {
            var found = document is null ? new XElement(S3 + Root) : XElement.Parse(document, LoadOptions.PreserveWhitespace);
            var unknown = found.Name.LocalName != Root ? found : found.Elements().FirstOrDefault(each => each.Name.LocalName != Element);
            return unknown is null
                ? found
                : throw new PartException(
                    $"The bucket's {Root} contains the unknown element '{unknown.Name.LocalName}'. Set up this part manually.");
        }
        catch (XmlException unreadable)
        {
            throw new PartException($"The bucket's {Root} is not XML: {unreadable.Message}", unreadable);
        }
    }

    private static XElement InNamespace(XElement element, XNamespace space) => new(
        space + element.Name.LocalName,
        element.HasElements ? element.Elements().Select(child => InNamespace(child, space)) : element.Value);

    // The name of a list is the plural of the name of its elements.
    private static IEnumerable<XElement> ToElements(string name, JsonNode? json) => json switch
    {
        JsonArray list => list.SelectMany(each => ToElements(name[..^1], each)),
        JsonObject fields => [new XElement(name, fields.SelectMany(field => ToElements(field.Key, field.Value)))],
        _ => [new XElement(name, json?.ToString())],
    };

    // By local name, because servers send the namespace of S3 or none.
    private static string? IdOf(XElement rule) => rule.Elements().FirstOrDefault(each => each.Name.LocalName == "ID")?.Value;
}
