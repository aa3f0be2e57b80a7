using System.Text.Json;
using OffloadedPolling.Tests.Shared;

namespace OffloadedPolling.Tests.Status;

public sealed class StatusDocumentTests
{
    private static readonly OperationStatus _document = TestDocuments.Waiting();

    private static readonly Dictionary<string, (OperationStatus Document, string Place)> _unwritable = new()
    {
        ["a percentage out of range"] = (_document with { PercentComplete = 101 }, ", at '$'"),
        ["an attempt out of range"] = (_document with { Attempt = 0 }, ", at '$'"),
        ["no kind"] = (_document with { Kind = null! }, ", at '$'"),
        ["an unknown state"] = (_document with { State = (OperationState)9 }, ", at '$.status'"),
        ["a negative estimate"] = (_document with { Estimate = Estimate(-1, 1) }, ", at '$.estimate.median'"),
        ["an estimate that is too long"] = (_document with { Estimate = Estimate(1, 6e11) }, ", at '$.estimate.upper'"),
        ["a result with a duplicate member"] = (Result("""{"a secret":1,"a secret":2}"""), ", at '$.result'"),
        ["a result nested too deeply"] = (Result(new string('[', 64) + new string(']', 64)), ", at '$.Result'"),
        ["a result with a lone surrogate"] = (Result("\"a secret \\ud800\""), ", at '$.Result'"),
        ["an undefined result"] = (_document with { Result = default(JsonElement) }, ": System.InvalidOperationException was thrown at "),
        ["an extension nested too deeply"] = (Extension(new string('[', 63) + new string(']', 63)), ", at '$.Error.Extensions'"),
    };

    public static TheoryData<string> Unwritable => [.. _unwritable.Keys];

    [Theory]
    [MemberData(nameof(Unwritable))]
    public void Write_InvalidDocument_ThrowsWithPathAndNoContent(string what)
    {
        var (document, place) = _unwritable[what];

        var thrown = FluentActions.Invoking(() => StatusDocument.Write(document, StatusDocument.MaxBytes))
            .Should().Throw<StatusDocumentNotSerializableException>().Which;

        thrown.Message.Should().Contain($"operation {TestDocuments.Id} cannot").And.Contain(place).And.NotContain("a secret");
        thrown.Path.Should().Be(place.Contains('\'', StringComparison.Ordinal) ? place.Split('\'')[1] : null);
    }

    [Fact]
    public void NotSerializableException_LongPath_IsTruncated()
    {
        var cause = new JsonException("Simulated.", new string('p', 1000), null, null);

        new StatusDocumentNotSerializableException(TestDocuments.Id, cause).Path.Should().HaveLength(101);
    }

    [Fact]
    public void NotSerializableException_PropertyThrew_NamesProperty()
    {
        var receipt = new Receipt { Thrown = new InvalidDataException("a secret") };
        var cause = FluentActions.Invoking(() => JsonSerializer.Serialize(receipt, ParcelJson.Default.Receipt))
            .Should().Throw<InvalidDataException>().Which;

        new StatusDocumentNotSerializableException(TestDocuments.Id, cause).Message.Should()
            .Contain("System.IO.InvalidDataException was thrown at OffloadedPolling.Tests.Shared.Receipt.get_Total()")
            .And.NotContain("a secret");
    }

    [Fact]
    public void Write_OverLimit_ThrowsBeforeReadBack()
    {
        var tooLarge = Result($$"""{"a":1,"a":"{{new string('x', 1000)}}"}""");

        FluentActions.Invoking(() => StatusDocument.Write(tooLarge, 500))
            .Should().Throw<StatusDocumentTooLargeException>().Which.Reserved.Should().Be(0);
    }

    [Fact]
    public void Write_LoneSurrogate_IsReplaced()
    {
        var document = _document with { Message = "half a \ud800 pair", ResourceLocation = "\udc00" };

        var written = StatusDocument.Write(document, StatusDocument.MaxBytes);

        StatusDocument.Read(TestDocuments.Id, "", written).Message.Should().Be("half a \ufffd pair");
    }

    private static OperationStatus Result(string json) =>
        _document with { State = OperationState.Succeeded, Result = JsonElement.Parse(json, new() { MaxDepth = 100 }) };

    private static OperationStatus Extension(string json) => _document with
    {
        State = OperationState.Failed,
        Error = new OperationProblem { Extensions = new Dictionary<string, JsonElement> { ["x"] = JsonElement.Parse(json) } },
    };

    private static OperationEstimate Estimate(double median, double upper) =>
        new() { Median = TimeSpan.FromSeconds(median), Upper = TimeSpan.FromSeconds(upper) };
}
