using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;

namespace OffloadedPolling.Processing;

/// <summary>JSON paths that may be logged: a payload's own words, such as the keys of a dictionary, are cut off.</summary>
internal static partial class PayloadPath
{
    /// <summary>As much of a path as the payload's type names itself.</summary>
    public static string KnownPartOf(string? path, JsonTypeInfo payload)
    {
        var (known, type) = ("$", payload);
        foreach (Match segment in Segment().Matches(path ?? ""))
        {
            var (text, next) = Step(type, segment.Groups["name"].Value, segment.Groups["index"].Value);
            if (next is null)
            {
                return known;
            }

            known += text;
            if (!type.Options.TryGetTypeInfo(next, out var nextType))
            {
                return known;
            }

            type = nextType;
        }

        return known;
    }

    private static (string Text, Type? Next) Step(JsonTypeInfo type, string name, string index)
    {
        if (type.Kind == JsonTypeInfoKind.Enumerable && index.Length > 0)
        {
            return ($"[{index}]", type.ElementType);
        }

        var comparison = type.Options.PropertyNameCaseInsensitive ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
        var member = type.Kind == JsonTypeInfoKind.Object ? type.Properties.FirstOrDefault(each => each.Name.Equals(name, comparison)) : null;
        return ($".{member?.Name}", member?.PropertyType);
    }

    // Names with other characters stand in quotes, and end the known part.
    [GeneratedRegex(@"(?<=^\$|\G(?!^))(?:\.(?<name>[^.\[\]']+)|\[(?<index>[0-9]+)\])")]
    private static partial Regex Segment();
}
