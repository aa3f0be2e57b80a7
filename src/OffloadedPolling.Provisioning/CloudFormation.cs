using System.Text.Json.Nodes;

namespace OffloadedPolling.Provisioning;

/// <summary>What CloudFormation templates share.</summary>
internal static class CloudFormation
{
    public static JsonObject Template(string description, JsonObject resources, IReadOnlyList<Part> parts)
    {
        var template = new JsonObject { ["AWSTemplateFormatVersion"] = "2010-09-09", ["Description"] = description };
        if (Notes(parts) is { } notes)
        {
            // Not in the description, which is limited to 1,024 bytes.
            // https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-description-structure.html
            template["Metadata"] = new JsonObject { ["Notes"] = notes };
        }

        template["Resources"] = resources;
        return template;
    }

    // Deleting the stack leaves what callers still poll and what workers have still to do.
    public static JsonObject Resource(string type, JsonObject properties) => new()
    {
        ["Type"] = type,
        ["DeletionPolicy"] = "Retain",
        ["UpdateReplacePolicy"] = "Retain",
        ["Properties"] = properties,
    };

    /// <summary>Returns what a template lacks and what to know about it; <see langword="null"/> if there is nothing to say.</summary>
    public static JsonArray? Notes(IReadOnlyList<Part> parts)
    {
        var notes = parts.Select(part => part.NotWanted switch
        {
            (ProvisioningState.Skipped, var reason) => $"{part.Name} is skipped: {reason}",
            null => part.Warning,
            _ => null,
        }).OfType<string>().Select(note => (JsonNode)JsonValue.Create(note)).ToArray();
        return notes.Length == 0 ? null : new JsonArray(notes);
    }
}
