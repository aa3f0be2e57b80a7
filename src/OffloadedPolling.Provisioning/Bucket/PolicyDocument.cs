using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace OffloadedPolling.Provisioning;

/// <summary>A bucket policy in which others have statements of their own.</summary>
/// <remarks>https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html</remarks>
internal sealed class PolicyDocument
{
    // https://docs.aws.amazon.com/AmazonS3/latest/userguide/add-bucket-policy.html
    public const int MaxBytes = 20 * 1024;

    // Of two members of one name, one would be lost.
    private static readonly JsonDocumentOptions _strict = new() { AllowDuplicateProperties = false };

    private readonly JsonObject _policy;

    private PolicyDocument(JsonObject policy) => _policy = policy;

    public static PolicyDocument Parse(string? text)
    {
        if (text is null)
        {
            return new PolicyDocument(new JsonObject { ["Version"] = "2012-10-17", ["Statement"] = new JsonArray() });
        }

        try
        {
            var policy = JsonNode.Parse(text, documentOptions: _strict) as JsonObject ?? throw new UnexpectedDocumentException("The bucket's policy is no JSON object. Correct it by hand.");
            return policy["Statement"] is JsonArray or JsonObject
                ? new PolicyDocument(policy)
                : throw new UnexpectedDocumentException("The bucket's policy has no Statement that is a list or an object. Correct it by hand.");
        }
        catch (JsonException unreadable)
        {
            throw new UnexpectedDocumentException($"The bucket's policy cannot be read without loss: {unreadable.Message} Correct it by hand.", unreadable);
        }
    }

    public JsonObject? Find(string sid)
    {
        var own = Statements().Where(statement => IsOf(statement, sid)).ToList();
        return own.Count <= 1
            ? own.FirstOrDefault()?.AsObject()
            : throw new UnexpectedDocumentException($"The bucket's policy has {own.Count} statements with the Sid '{sid}'. Remove all but one.");
    }

    /// <summary>The policy with a statement in the place of the one with its <c>Sid</c>, or at the end. All else stays as it is.</summary>
    public string With(JsonObject statement)
    {
        var sid = statement["Sid"]!.GetValue<string>();
        var policy = _policy.DeepClone().AsObject();
        if (policy["Statement"] is JsonObject single)
        {
            policy["Statement"] = new JsonArray(single.DeepClone());
        }

        var statements = policy["Statement"]!.AsArray();
        var place = statements.ToList().FindIndex(each => IsOf(each, sid));
        if (place >= 0)
        {
            statements[place] = statement;
        }
        else
        {
            statements.Add((JsonNode)statement);
        }

        var text = ToText(policy);
        var bytes = Encoding.UTF8.GetByteCount(text);
        return bytes <= MaxBytes
            ? text
            : throw new UnexpectedDocumentException($"The bucket's policy would have {bytes} bytes with it, and S3 takes {MaxBytes}. Shorten other statements, or the lists of addresses.");
    }

    /// <summary>The policy without the statement with a <c>Sid</c>; <see langword="null"/> if it has no other.</summary>
    public string? Without(string sid)
    {
        var policy = _policy.DeepClone().AsObject();
        var others = Others(sid).Select(each => each?.DeepClone()).ToArray();
        if (others.Length == 0)
        {
            return null;
        }

        policy["Statement"] = new JsonArray(others);
        return ToText(policy);
    }

    /// <summary>Whether two policies mean the same but for the statement with a <c>Sid</c>.</summary>
    public bool HasSameBeside(PolicyDocument other, string sid)
    {
        var (here, there) = (_policy.DeepClone().AsObject(), other._policy.DeepClone().AsObject());
        (here["Statement"], there["Statement"]) = (null, null);
        var (mine, theirs) = (Others(sid).ToList(), other.Others(sid).ToList());
        return PolicyMeaning.IsSame(here, there) && mine.Count == theirs.Count && mine.Zip(theirs).All(pair => PolicyMeaning.IsSame(pair.First, pair.Second));
    }

    /// <summary>JSON without escapes that only lengthen it.</summary>
    public static string ToText(JsonNode node, bool indented = false)
    {
        using var bytes = new MemoryStream();
        using (var writer = new Utf8JsonWriter(bytes, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, Indented = indented, NewLine = "\n" }))
        {
            node.WriteTo(writer);
        }

        return Encoding.UTF8.GetString(bytes.ToArray());
    }

    private IEnumerable<JsonNode?> Others(string sid) => Statements().Where(each => !IsOf(each, sid));

    private JsonArray Statements() => _policy["Statement"] is JsonArray several ? several : new JsonArray(_policy["Statement"]!.DeepClone());

    private static bool IsOf(JsonNode? statement, string sid) =>
        statement is JsonObject fields && fields["Sid"] is JsonValue value && value.TryGetValue<string>(out var found) && found == sid;
}
