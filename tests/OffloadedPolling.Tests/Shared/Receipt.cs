using System.Text.Json;
using System.Text.Json.Serialization;

namespace OffloadedPolling.Tests.Shared;

/// <summary>A result that can be made impossible to serialize in several ways.</summary>
internal sealed class Receipt
{
    public Receipt? Next { get; set; }

    public JsonElement? Raw { get; set; }

    [JsonIgnore]
    public Exception? Thrown { get; set; }

    /// <summary>Throws <see cref="Thrown"/>.</summary>
    public int Total => Thrown is null ? 0 : throw Thrown;

    /// <summary>JSON that is written unchanged.</summary>
    [JsonConverter(typeof(Verbatim))]
    public string Text { get; set; } = "\"\"";

    /// <summary>Returns receipts that are nested in each other.</summary>
    public static Receipt Nested(int levels)
    {
        Receipt? receipt = null;
        for (var level = 0; level < levels; level++)
        {
            receipt = new Receipt { Next = receipt };
        }

        return receipt!;
    }

    /// <summary>Returns a receipt that refers to itself.</summary>
    public static Receipt Cycle()
    {
        var receipt = new Receipt();
        receipt.Next = receipt;
        return receipt;
    }

    public static Receipt Of(string json) => new() { Raw = JsonElement.Parse(json) };

    internal sealed class Verbatim : JsonConverter<string>
    {
        public override string Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetString()!;

        public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) =>
            writer.WriteRawValue(value, skipInputValidation: true);
    }
}
