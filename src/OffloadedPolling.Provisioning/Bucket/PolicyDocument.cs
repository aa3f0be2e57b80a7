using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace OffloadedPolling.Provisioning;

/// <summary>A bucket policy in which third parties have statements of their own.</summary>
/// <remarks>https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html</remarks>
internal sealed class PolicyDocument : ISharedDocument
{
    // If two members had one name, one of them would be lost.
    private static readonly JsonDocumentOptions _strict = new() { AllowDuplicateProperties = false };

    // Escapes would only lengthen the text.
    private static readonly JsonSerializerOptions _compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly JsonSerializerOptions _indented = new(_compact) { WriteIndented = true, NewLine = "\n" };

    private readonly JsonObject _policy;

    private PolicyDocument(JsonObject policy) => _policy = policy;

    private JsonArray Statements => _policy["Statement"]!.AsArray();

    /// <exception cref="PartException">The policy cannot be read without loss.</exception>
    public static PolicyDocument Parse(string? text)
    {
        try
        {
            var policy = JsonNode.Parse(text ?? """{"Version":"2012-10-17","Statement":[]}""", documentOptions: _strict) as JsonObject;
            if (policy?["Statement"] is JsonObject single)
            {
                policy["Statement"] = new JsonArray(single.DeepClone());
            }

            return policy?["Statement"] is JsonArray
                ? new PolicyDocument(policy)
                : throw new PartException("The bucket's policy is not an object with a Statement that is a list or an object. Fix it.");
        }
        catch (JsonException unreadable)
        {
            throw new PartException($"The bucket's policy cannot be read without loss: {unreadable.Message} Fix it by hand.", unreadable);
        }
    }

    public Current Find(string sid, string wanted)
    {
        var found = Statements.Where(statement => IsOf(statement, sid)).ToList();
        return found.Count <= 1
            ? new Current(found is [{ } own] ? ToText(own) : null)
            : throw new PartException($"The bucket's policy has {found.Count} statements with the Sid '{sid}'. Remove all but one.");
    }

    public string? With(string sid, string? statement)
    {
        var policy = _policy.DeepClone().AsObject();
        var statements = policy["Statement"]!.AsArray();
        var at = statements.ToList().FindIndex(each => IsOf(each, sid));
        if (at >= 0)
        {
            statements.RemoveAt(at);
        }

        if (statement is not null)
        {
            statements.Insert(at >= 0 ? at : statements.Count, JsonNode.Parse(statement));
        }

        return statements.Count == 0 ? null : ToText(policy);
    }

    public static string ToText(JsonNode node, bool indented = false) => node.ToJsonString(indented ? _indented : _compact);

    /// <summary>Returns what a statement means. Servers write a list of one as the one, other types as text, and reorder lists.</summary>
    public static string MeaningOf(string statement) => MeaningOf(JsonNode.Parse(statement));

    private static string MeaningOf(JsonNode? node) => node switch
    {
        null => "null",
        JsonObject fields => $"{{{Join(fields.Select(field => $"{Quote(field.Key)}:{MeaningOf(field.Value)}"))}}}",
        JsonArray { Count: 1 } single => MeaningOf(single[0]),
        JsonArray several => $"[{Join(several.Select(MeaningOf))}]",
        _ => Quote(node.ToString()),
    };

    private static string Join(IEnumerable<string> meanings) => string.Join(',', meanings.Order(StringComparer.Ordinal));

    private static string Quote(string text) => $"\"{JsonEncodedText.Encode(text)}\"";

    private static bool IsOf(JsonNode? statement, string sid) =>
        statement is JsonObject fields && fields["Sid"] is JsonValue value && value.TryGetValue<string>(out var found) && found == sid;
}
