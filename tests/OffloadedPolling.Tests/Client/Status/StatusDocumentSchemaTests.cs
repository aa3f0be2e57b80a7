using System.Text.Json.Nodes;
using OffloadedPolling.Tests.Shared;

namespace OffloadedPolling.Tests.Client.Status;

/// <summary>The JSON Schema in the documentation describes the document that the library reads and writes.</summary>
public sealed class StatusDocumentSchemaTests
{
    private static readonly JsonNode _schema =
        JsonNode.Parse(File.ReadAllText(Repository.PathOf("docs/reference/status-document.schema.json")))!;

    private static readonly JsonNode _definitions = _schema["$defs"]!;

    [Fact]
    public void Members_MatchTypes()
    {
        MembersOf(_schema).Should().Equal(MembersOf(typeof(OperationStatus)));
        MembersOf(_definitions["estimate"]!).Should().Equal(MembersOf(typeof(OperationEstimate)));
        MembersOf(_definitions["problem"]!).Should().Equal(MembersOf(typeof(OperationProblem)));
    }

    [Fact]
    public void Required_MatchesRequiredMembers()
    {
        TextsIn(_schema["required"]!).Should().Equal(RequiredOf(typeof(OperationStatus)));
        TextsIn(_definitions["estimate"]!["required"]!).Should().Equal(RequiredOf(typeof(OperationEstimate)));
        RequiredOf(typeof(OperationProblem)).Should().BeEmpty();
    }

    [Fact]
    public void States_MatchEnumeration() =>
        TextsIn(_definitions["state"]!["enum"]!).Should().Equal(Enum.GetNames<OperationState>());

    [Fact]
    public void Quantiles_CountMatchesLevels()
    {
        var quantiles = _definitions["estimate"]!["properties"]!["quantiles"]!;

        ((int)quantiles["minItems"]!).Should().Be(OperationEstimate.QuantileLevels.Count);
        ((int)quantiles["maxItems"]!).Should().Be(OperationEstimate.QuantileLevels.Count);
    }

    private static IEnumerable<string> MembersOf(JsonNode schema) => schema["properties"]!.AsObject().Select(member => member.Key);

    private static IEnumerable<string> MembersOf(Type type) => OperationJson.Status.Options.GetTypeInfo(type).Properties
        .Where(property => !property.IsExtensionData).Select(property => property.Name);

    private static IEnumerable<string> RequiredOf(Type type) => OperationJson.Status.Options.GetTypeInfo(type).Properties
        .Where(property => property.IsRequired).Select(property => property.Name);

    private static IEnumerable<string> TextsIn(JsonNode list) => list.AsArray().Select(text => (string)text!);
}
