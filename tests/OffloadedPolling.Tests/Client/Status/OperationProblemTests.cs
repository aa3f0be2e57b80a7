using System.Text.Json;

namespace OffloadedPolling.Tests.Client.Status;

public sealed class OperationProblemTests
{
    private static readonly JsonElement _value = JsonElement.Parse("1");

    public static TheoryData<string, string> ReservedNames => new()
    {
        { "type", nameof(OperationProblem.Type) },
        { "title", nameof(OperationProblem.Title) },
        { "status", nameof(OperationProblem.Status) },
        { "detail", nameof(OperationProblem.Detail) },
        { "instance", nameof(OperationProblem.Instance) },
    };

    [Theory]
    [MemberData(nameof(ReservedNames))]
    public void Extensions_InitializedWithReservedName_Throws(string name, string property)
    {
        var set = () => new OperationProblem { Extensions = new Dictionary<string, JsonElement> { ["balance"] = _value, [name] = _value } };

        set.Should().Throw<ArgumentException>().WithMessage($"*'{name}'*Set OperationProblem.{property}*");
    }

    [Theory]
    [MemberData(nameof(ReservedNames))]
    public void Extensions_ReservedNameAddedLater_Throws(string name, string property)
    {
        var set = new Dictionary<string, JsonElement>();
        var problem = new OperationProblem { Extensions = set };

        Action[] additions =
        [
            () => problem.Extensions![name] = _value,
            () => problem.Extensions!.Add(name, _value),
            () => problem.Extensions!.Add(KeyValuePair.Create(name, _value)),
            () => problem.Extensions!.TryAdd(name, _value),
        ];
        set[name] = _value;

        additions.Should().AllSatisfy(add => add.Should().Throw<ArgumentException>().WithMessage($"*OperationProblem.{property}*"));
        problem.Extensions.Should().BeEmpty();
    }

    [Fact]
    public void Problem_ReadWithDefaultOptions_HasAllMembers()
    {
        const string Json = """{"type":"a:b","title":"t","status":409,"detail":"d","instance":"/i","left":1}""";

        var read = JsonSerializer.Deserialize<OperationProblem>(Json)!;

        read.Should().BeEquivalentTo(new { Type = "a:b", Title = "t", Status = 409, Detail = "d", Instance = "/i" });
        read.Extensions!.Keys.Should().Equal("left");
    }

    [Fact]
    public void Extensions_OtherNames_RoundTrip()
    {
        var set = new Dictionary<string, JsonElement> { ["Title"] = _value };
        var problem = new OperationProblem { Title = "Out of stock", Extensions = set };
        problem.Extensions["left"] = _value;
        problem.Extensions["gone"] = _value;
        problem.Extensions.Remove("gone").Should().BeTrue();

        var json = JsonSerializer.Serialize(problem, OperationJson.Problem);
        var read = JsonSerializer.Deserialize(json, OperationJson.Problem)!;

        json.Should().Be("""{"type":"about:blank","title":"Out of stock","Title":1,"left":1}""");
        read.Extensions!.Keys.Should().Equal("Title", "left");
        read.Invoking(problem => problem.Extensions!["title"] = _value).Should().Throw<ArgumentException>();
        (read with { Extensions = null }).Should().Be(problem with { Extensions = null });
    }
}
