using System.Text.Json;

namespace OffloadedPolling.Tests.AspNetCore.Description;

/// <summary>Reads a served OpenAPI document without an OpenAPI library.</summary>
internal sealed class OpenApiText(string json) : IDisposable
{
    private readonly JsonDocument _document = JsonDocument.Parse(json);

    public JsonElement Root => _document.RootElement;

    public static string TypeOf(JsonElement schema) => schema.TryGetProperty("type", out var type) ? type.ToString() : "any";

    public static IEnumerable<JsonElement> All(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(member => All(member.Value)).Prepend(element),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(All),
        _ => [element],
    };

    /// <summary>All objects that have a member of this name.</summary>
    public static IEnumerable<JsonElement> AllWith(string name, JsonElement element) =>
        All(element).Where(each => each.ValueKind == JsonValueKind.Object && each.TryGetProperty(name, out _));

    public JsonElement Schema(string name) => Root.GetProperty("components").GetProperty("schemas").GetProperty(name);

    public List<JsonProperty> Properties(string schema) =>
        Schema(schema).TryGetProperty("properties", out var properties) ? [.. properties.EnumerateObject()] : [];

    public JsonElement Member(string schema, string name) => Schema(schema).GetProperty("properties").GetProperty(name);

    public JsonElement Response(string path, string method, string status) =>
        Root.GetProperty("paths").GetProperty(path).GetProperty(method).GetProperty("responses").GetProperty(status);

    public Dictionary<string, string> Types(string schema) => Properties(schema).ToDictionary(member => member.Name, member =>
    {
        var resolved = Resolve(member.Value);
        return resolved.TryGetProperty("format", out var format) ? $"{TypeOf(resolved)} {format}" : TypeOf(resolved);
    });

    public IEnumerable<string?> Required(string schema) =>
        Schema(schema).TryGetProperty("required", out var required) ? required.EnumerateArray().Select(name => name.GetString()) : [];

    public JsonElement Resolve(JsonElement schema)
    {
        if (!schema.TryGetProperty("$ref", out var reference))
        {
            return schema;
        }

        reference.GetString().Should().StartWith("#/");
        return reference.GetString()![2..].Split('/').Aggregate(Root, (element, name) => element.GetProperty(name));
    }

    public void Dispose() => _document.Dispose();
}
