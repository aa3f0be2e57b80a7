using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Unicode;

namespace OffloadedPolling.Client;

/// <summary>JSON that is kept as it came, unread.</summary>
internal static class JsonText
{
    /// <summary>
    /// Whether all of its text is Unicode. Half a surrogate pair can stand in JSON as an escape, and bytes that are no UTF-8 as they are:
    /// whoever reads that text later gets an exception, and no document with it can be written again.
    /// </summary>
    public static bool IsWhole(JsonElement element)
    {
        var utf8Json = JsonMarshal.GetRawUtf8Value(element);
        return Utf8.IsValid(utf8Json) && (utf8Json.IndexOf("\\u"u8) < 0 || AreWhole(element));
    }

    private static bool AreWhole(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().All(member => IsText(() => member.Name) && AreWhole(member.Value)),
        JsonValueKind.Array => element.EnumerateArray().All(AreWhole),
        JsonValueKind.String => IsText(element.GetString),
        _ => true,
    };

    private static bool IsText(Func<string?> read)
    {
        try
        {
            _ = read();
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }
}
