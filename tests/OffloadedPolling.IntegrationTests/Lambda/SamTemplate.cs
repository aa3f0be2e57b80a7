using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using YamlDotNet.RepresentationModel;

namespace OffloadedPolling.IntegrationTests.Lambda;

/// <summary>template.yaml of samples/Orders.Lambda, as JSON: <c>!Ref X</c> is <c>{"Ref":"X"}</c>, as CloudFormation reads it.</summary>
internal sealed partial class SamTemplate
{
    private SamTemplate(JsonObject root) => Root = root;

    public JsonObject Root { get; }

    public JsonObject Resources => Root[nameof(Resources)]!.AsObject();

    public JsonObject Function => Root["Globals"]![nameof(Function)]!.AsObject();

    public IEnumerable<string> Handlers =>
        OfType("AWS::Serverless::Function").Select(function => (string)function.Value!["Properties"]!["Handler"]!);

    /// <summary>The environment of every function. A reference to a resource is replaced by its name.</summary>
    public IReadOnlyDictionary<string, string> Environment => Function[nameof(Environment)]!["Variables"]!.AsObject()
        .ToDictionary(variable => variable.Key, variable => variable.Value is JsonObject reference
            ? (string)reference["Ref"]!
            : (string)variable.Value!);

    public static SamTemplate Read(string folder)
    {
        using var text = File.OpenText(Path.Combine(folder, "template.yaml"));
        var yaml = new YamlStream();
        yaml.Load(text);
        return new SamTemplate(ToJson(yaml.Documents[0].RootNode)!.AsObject());
    }

    public IEnumerable<KeyValuePair<string, JsonNode?>> OfType(string type) =>
        Resources.Where(resource => (string)resource.Value!["Type"]! == type);

    public JsonNode Properties(string resource) => Resources[resource]!["Properties"]!;

    /// <summary>The names of everything that is referenced.</summary>
    public IEnumerable<string> References() =>
        References(Root).Where(name => !name.StartsWith("AWS::", StringComparison.Ordinal)).Distinct();

    private static IEnumerable<string> References(JsonNode? node) => node switch
    {
        JsonObject { Count: 1 } function when function["Ref"] is { } name => [(string)name!],
        JsonObject { Count: 1 } function when function["Fn::GetAtt"] is { } name => [((string)name!).Split('.')[0]],
        JsonObject { Count: 1 } function when function["Fn::Sub"] is { } text =>
            InBraces().Matches((string)text!).Select(match => match.Groups[1].Value.Split('.')[0]),
        JsonObject members => members.SelectMany(member => References(member.Value)),
        JsonArray list => list.SelectMany(References),
        _ => [],
    };

    private static JsonNode? ToJson(YamlNode node)
    {
        JsonNode? value = node switch
        {
            YamlMappingNode mapping =>
                new JsonObject(mapping.Children.Select(pair => KeyValuePair.Create(((YamlScalarNode)pair.Key).Value!, ToJson(pair.Value)))),
            YamlSequenceNode sequence => new JsonArray([.. sequence.Children.Select(ToJson)]),
            YamlScalarNode { Style: YamlDotNet.Core.ScalarStyle.Plain, Value: "true" or "false" } scalar => scalar.Value == "true",
            YamlScalarNode { Style: YamlDotNet.Core.ScalarStyle.Plain } scalar when int.TryParse(scalar.Value, out var number) => number,
            YamlScalarNode scalar => scalar.Value,
            _ => throw new InvalidOperationException($"Unsupported YAML node: {node.NodeType}."),
        };
        return node.Tag.IsEmpty || !node.Tag.Value.StartsWith('!')
            ? value
            : new JsonObject { [node.Tag.Value is "!Ref" ? "Ref" : $"Fn::{node.Tag.Value[1..]}"] = value };
    }

    [GeneratedRegex(@"\$\{([^}]+)\}")]
    private static partial Regex InBraces();
}
