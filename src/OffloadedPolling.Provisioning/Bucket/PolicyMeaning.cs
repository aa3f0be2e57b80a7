using System.Text.Json;
using System.Text.Json.Nodes;

namespace OffloadedPolling.Provisioning;

/// <summary>
/// Whether two statements mean the same. A server may send a list of one as the one, a number or a truth as text, and lists in another
/// order.
/// </summary>
internal static class PolicyMeaning
{
    public static bool IsSame(JsonNode? left, JsonNode? right) => Normal(left) == Normal(right);

    private static string Normal(JsonNode? node) => node switch
    {
        null => "null",
        JsonObject fields => $"{{{string.Join(',', fields.OrderBy(field => field.Key, StringComparer.Ordinal).Select(field => $"{Quote(field.Key)}:{Normal(field.Value)}"))}}}",
        JsonArray { Count: 1 } single => Normal(single[0]),
        JsonArray several => $"[{string.Join(',', several.Select(Normal).Order(StringComparer.Ordinal))}]",
        _ => Quote(node.GetValueKind() == JsonValueKind.String ? node.GetValue<string>() : node.ToJsonString()),
    };

    private static string Quote(string text) => $"\"{JsonEncodedText.Encode(text)}\"";
}
