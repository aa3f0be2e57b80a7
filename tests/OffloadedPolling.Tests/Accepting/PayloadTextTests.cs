using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using OffloadedPolling.Accepting;
using OffloadedPolling.Tests.Shared;

namespace OffloadedPolling.Tests.Accepting;

public sealed class PayloadTextTests
{
    private const string Kind = "parcels";

    [Theory]
    [InlineData("""{"to":"Ada","content":"tea"}""")]
    [InlineData("{\"to\":\"größer 東京 🚀\",\n\t\"n\":1}\r\n")]
    [InlineData("\"\\ud800\\uffff\\u0001\"")]
    public void Escape_OrdinaryPayload_ReturnsSameString(string json) => PayloadText.Escape(Kind, json).Should().BeSameAs(json);

    [Theory]
    [InlineData("\"a\u0001b\"", "\"a\\u0001b\"")]
    [InlineData("\"\u0000\u001F\u000B\"", "\"\\u0000\\u001F\\u000B\"")]
    [InlineData("\"\uFFFE\uFFFF\"", "\"\\uFFFE\\uFFFF\"")]
    [InlineData("\"🚀\uFFFF🚀\"", "\"🚀\\uFFFF🚀\"")]
    [InlineData("{\"a\uFFFF\":[1,\"\\\\\uFFFF\",\"\\\"\uFFFF\"]}", "{\"a\\uFFFF\":[1,\"\\\\\\uFFFF\",\"\\\"\\uFFFF\"]}")]
    public void Escape_InvalidCharacter_IsEscaped(string json, string expected) => PayloadText.Escape(Kind, json).Should().Be(expected);

    [Theory]
    [InlineData(0xD800)]
    [InlineData(0xDBFF)]
    [InlineData(0xDC00)]
    [InlineData(0xDFFF)]
    public void Escape_LoneSurrogate_IsEscaped(int surrogate) =>
        PayloadText.Escape(Kind, $"[\"a{(char)surrogate}\",\"b\"]").Should().Be($"[\"a\\u{surrogate:X4}\",\"b\"]");

    [Theory]
    [InlineData("1\uFFFF", 1)]
    [InlineData("{\"secret\":\u0001true}", 10)]
    [InlineData("\u0001", 0)]
    [InlineData("\"secret\\\u0001\"", 8)]
    [InlineData("\"a\u0001\" \u0002", 5)]
    public void Escape_UnescapableCharacter_ThrowsWithPositionNotPayload(string json, int position)
    {
        var refused = FluentActions.Invoking(() => PayloadText.Escape(Kind, json)).Should().Throw<InvalidPayloadException>().Which;

        refused.Position.Should().Be(position);
        refused.ToString().Should().ContainAll("'parcels'", $"position {position} ").And.NotContain("secret");
    }

    [Theory]
    [InlineData("\"secret\u0001", 7)]
    [InlineData("{\"secret\":\"\u0001\",}", 11)]
    [InlineData("\"a\u0001\"\"b\"", 2)]
    public void Escape_ResultIsNotJson_ThrowsWithPositionNotPayload(string json, int position)
    {
        var refused = FluentActions.Invoking(() => PayloadText.Escape(Kind, json)).Should().Throw<InvalidPayloadException>().Which;

        refused.Position.Should().Be(position);
        refused.ToString().Should().NotContain("secret");
    }

    [Fact]
    public void Escape_RandomStrings_AreValidXmlAndRoundTrip()
    {
        var random = new Random(9_000_000);
        for (var round = 0; round < 2_000; round++)
        {
            var text = Text(random);
            var json = $"[\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"]";

            var escaped = PayloadText.Escape(Kind, json);

            FluentActions.Invoking(() => System.Xml.XmlConvert.VerifyXmlChars(escaped)).Should().NotThrow();
            using var parsed = JsonDocument.Parse(escaped);
            parsed.RootElement[0].GetString().Should().Be(text);
        }
    }

    [Fact]
    public void Escape_DeeplyNestedJson_Succeeds()
    {
        var json = new string('[', 500) + "\"\uFFFF\"" + new string(']', 500);

        PayloadText.Escape(Kind, json).Should().Contain("\\uFFFF");
    }

    [Theory]
    [InlineData("\"\\ud800 secret\"")]
    [InlineData("{\"secret\":[\"\\udc00\"]}")]
    public void Serialize_ElementWithLoneSurrogate_Throws(string json)
    {
        using var document = JsonDocument.Parse(json);
        var element = document.RootElement;

        SerializeAndCatch(element).ToString().Should().Contain("'parcels'").And.NotContain("secret");
    }

    [Fact]
    public void Serialize_RawJsonWithLoneSurrogate_Throws() =>
        SerializeAndCatch(new Raw("\"secret\ud800\"")).ToString().Should().NotContain("secret");

    [Fact]
    public void Serialize_ConverterThrows_PropagatesException() =>
        FluentActions.Invoking(() => PayloadText.Serialize(KindOf<Raw>(), new Raw(""))).Should().Throw<NotSupportedException>();

    private static InvalidPayloadException SerializeAndCatch<TPayload>(TPayload payload) =>
        FluentActions.Invoking(() => PayloadText.Serialize(KindOf<TPayload>(), payload)).Should().Throw<InvalidPayloadException>().Which;

    private static OperationKind<TPayload> KindOf<TPayload>() => TestKinds.Create<TPayload>(Kind, JsonSerializerOptions.Default);

    // Never splits a surrogate pair, because a JSON string cannot hold half of one.
    private static string Text(Random random)
    {
        var text = new StringBuilder();
        for (var length = random.Next(20); length > 0; length--)
        {
            text.Append(random.Next(4) switch
            {
                0 => (char)random.Next(0x01, 0x09),
                1 => (char)random.Next(0xFFF0, 0x10000),
                2 => (char)random.Next(' ', 0xD800),
                _ => char.ConvertFromUtf32(random.Next(0x10000, 0x110000)),
            });
        }

        return text.ToString();
    }

    [JsonConverter(typeof(RawConverter))]
    private sealed record Raw(string Json);

    private sealed class RawConverter : JsonConverter<Raw>
    {
        public override Raw Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            throw new NotSupportedException();

        public override void Write(Utf8JsonWriter writer, Raw value, JsonSerializerOptions options)
        {
            if (value.Json.Length == 0)
            {
                throw new NotSupportedException();
            }

            writer.WriteRawValue(value.Json, skipInputValidation: true);
        }
    }
}
