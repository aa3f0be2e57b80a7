using System.Text.Json;
using System.Text.RegularExpressions;

namespace OffloadedPolling.IntegrationTests.Hosting;

/// <summary>The instructions of a Dockerfile, or of one of its stages, in order.</summary>
internal sealed partial class Dockerfile
{
    private readonly List<(string Instruction, string Arguments)> _instructions;

    public Dockerfile(string path)
        : this([.. Instruction().Matches(File.ReadAllText(path).Replace("\\\n", " ", StringComparison.Ordinal)).Select(match =>
            (match.Groups[1].Value, match.Groups[2].Value.Trim()))])
    {
    }

    private Dockerfile(List<(string Instruction, string Arguments)> instructions) => _instructions = instructions;

    public IEnumerable<string> All(string instruction) =>
        _instructions.Where(each => each.Instruction == instruction).Select(each => each.Arguments);

    public string Single(string instruction) => All(instruction).Single();

    public int IndexOf(string instruction) => _instructions.FindIndex(each => each.Instruction == instruction);

    /// <summary>The instructions from <c>FROM … AS name</c> to the next stage.</summary>
    public Dockerfile Stage(string name)
    {
        var first = _instructions.FindIndex(each =>
            each.Instruction == "FROM" && each.Arguments.EndsWith($" AS {name}", StringComparison.Ordinal));
        first.Should().BeGreaterThanOrEqualTo(0, $"there is no stage '{name}'");
        return new([_instructions[first], .. _instructions.Skip(first + 1).TakeWhile(each => each.Instruction != "FROM")]);
    }

    /// <summary>The words of a command in exec form, which needs no shell.</summary>
    public static IReadOnlyList<string> Exec(string arguments) =>
        JsonSerializer.Deserialize<string[]>(arguments[arguments.IndexOf('[', StringComparison.Ordinal)..])!;

    [GeneratedRegex(@"^([A-Z]+) +(.*)$", RegexOptions.Multiline)]
    private static partial Regex Instruction();
}
