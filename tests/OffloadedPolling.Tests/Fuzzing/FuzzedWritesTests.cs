using System.Text;
using System.Text.Json;
using OffloadedPolling.Tests.Shared;

namespace OffloadedPolling.Tests.Fuzzing;

/// <summary>Checks that random documents are read back unchanged or rejected.</summary>
public sealed class FuzzedWritesTests
{
    private static readonly string[] _texts =
    [
        "", "Reserving \u00fc \ud83d\udce6 \"stock\"", "half a \ud800 pair", "\udc00", "\0\u001f\u007f\uffff", "</script>", "\ufeff",
    ];

    private static readonly string[] _numbers = ["0", "-0", "1e999", "-1.5E-3", "12345678901234567890123456789", "0.10"];

    private static readonly string[] _names = ["a", "b", "title ", "Title", "status", "\\u0061", "\\ud800", "", "$.x"];

    private static readonly double[] _seconds =
    [
        -1, -0.0001, 0, 0.0004, 0.001, 5, 1e6, 315_360_000, 461_168_601_842.7, 461_168_601_843, 9e11,
    ];

    [Fact]
    public Task StatusDocument_Random_IsUnchangedWhenReadBack() => Fuzz.Run(percent: 10, seed: 8_000_000, random =>
    {
        OperationStatus made;
        byte[] written;
        try
        {
            made = Made(random);
            written = StatusDocument.Write(made, 4096);
        }
        catch (Exception refused) when (
            refused is StatusDocumentTooLargeException or StatusDocumentNotSerializableException or ArgumentException)
        {
            return false;
        }

        var read = StatusReading.Document(written, null, null).Status;
        written.Length.Should().BeLessThanOrEqualTo(4096, "the document is too large");
        read.Should().NotBeNull("a caller cannot read the document");
        AreSame(read, StatusDocument.Read(TestDocuments.Id, "", written)).Should().BeTrue();
        AreSame(made, read).Should().BeTrue();
        return true;
    });

    private static bool AreSame(OperationStatus made, OperationStatus read) =>
        made.State == read.State && made.Kind == read.Kind && made.Attempt == read.Attempt && made.PercentComplete == read.PercentComplete
        && AreSame(made.Message, read.Message) && AreSame(made.ResourceLocation, read.ResourceLocation)
        && AreSame(made.Estimate?.Median, read.Estimate?.Median) && AreSame(made.Estimate?.Upper, read.Estimate?.Upper)
        && AreSame(made.Estimate?.Quantiles ?? [], read.Estimate?.Quantiles ?? [])
        && AreSame(made.Result, read.Result) && AreSame(made.Error, read.Error);

    private static bool AreSame(OperationProblem? made, OperationProblem? read) =>
        AreSame(made?.Type, read?.Type) && AreSame(made?.Title, read?.Title) && AreSame(made?.Detail, read?.Detail)
        && (made?.Extensions?.Count ?? 0) == (read?.Extensions?.Count ?? 0)
        && made?.Extensions?.All(member => AreSame(member.Value, read!.Extensions![Reencode(member.Key)!])) is not false;

    // Encoders replace invalid Unicode.
    private static bool AreSame(string? made, string? read) => Reencode(made) == Reencode(read);

    private static string? Reencode(string? text) => text is null ? null : Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));

    private static bool AreSame(IReadOnlyList<TimeSpan> made, IReadOnlyList<TimeSpan> read) =>
        made.Count == read.Count && made.Zip(read).All(pair => AreSame(pair.First, pair.Second));

    private static bool AreSame(TimeSpan? made, TimeSpan? read) =>
        made.HasValue == read.HasValue && (made is null || Math.Abs((made.Value - read!.Value).TotalMilliseconds) <= 0.51);

    // A result of 'null' is read as no result.
    private static bool AreSame(JsonElement? made, JsonElement? read) =>
        made is null or { ValueKind: JsonValueKind.Null }
            ? read is null or { ValueKind: JsonValueKind.Null }
            : read is { } some && JsonElement.DeepEquals(made.Value, some);

    private static OperationStatus Made(Random random) => TestDocuments.Waiting() with
    {
        State = (OperationState)random.Next(random.Next(8) == 0 ? 6 : 5),
        Kind = random.Next(20) == 0 ? null! : "parcels",
        Attempt = random.Next(2) == 0 ? null : random.Next(random.Next(8) == 0 ? 0 : 1, 11),
        PercentComplete = random.Next(2) == 0 ? null : random.Next(random.Next(8) == 0 ? -1 : 0, random.Next(8) == 0 ? 102 : 101),
        Message = random.Next(2) == 0 ? null : Text(random),
        ResourceLocation = random.Next(2) == 0 ? null : Text(random),
        Estimate = random.Next(2) == 0 ? null : Estimate(random),
        Result = random.Next(2) == 0 ? null : Element(random),
        Error = random.Next(2) == 0 ? null : Problem(random),
    };

    private static OperationProblem Problem(Random random)
    {
        var problem = new OperationProblem
        {
            Title = Text(random),
            Detail = random.Next(2) == 0 ? null : Text(random),
            Extensions = new Dictionary<string, JsonElement>(),
        };
        for (var members = random.Next(3); members > 0; members--)
        {
            problem.Extensions!.TryAdd(_names[random.Next(_names.Length)] + Text(random), Element(random));
        }

        return problem;
    }

    private static OperationEstimate Estimate(Random random) => new()
    {
        Median = Duration(random),
        Upper = Duration(random),
        Quantiles = random.Next(2) == 0 ? null : [.. Enumerable.Range(0, random.Next(15)).Select(_ => Duration(random))],
    };

    // Mostly valid durations. Otherwise, hardly any document could be read.
    private static TimeSpan Duration(Random random) =>
        TimeSpan.FromSeconds(random.Next(30) == 0 ? _seconds[random.Next(_seconds.Length)] : random.Next(100));

    private static string Text(Random random) => random.Next(100) == 0 ? new string('x', 4000) : _texts[random.Next(_texts.Length)];

    private static JsonElement Element(Random random) => random.Next(20) switch
    {
        0 => default,
        1 => JsonElement.Parse(Nested(random.Next(58, 70)), new JsonDocumentOptions { MaxDepth = 100 }),
        _ => JsonElement.Parse(Json(random, 3)),
    };

    private static string Nested(int levels) => new string('[', levels) + new string(']', levels);

    private static string Json(Random random, int levels) => random.Next(levels > 0 ? 6 : 4) switch
    {
        0 => "null",
        1 => _numbers[random.Next(_numbers.Length)],
        2 => random.Next(20) == 0 ? "\"\\ud800\"" : "\"\\u00fc \\ud83d\\udce6\"",
        3 => JsonSerializer.Serialize(Text(random)),
        4 => $"[{Several(random, () => Json(random, levels - 1))}]",
        _ => $"{{{Several(random, () => $"\"{_names[random.Next(_names.Length)]}\" : {Json(random, levels - 1)}")}}}",
    };

    private static string Several(Random random, Func<string> one) =>
        string.Join(" , ", Enumerable.Range(0, random.Next(3)).Select(_ => one()));
}
