using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Unicode;

namespace OffloadedPolling.Client;

/// <summary>Represents the status document that callers read at a status URL.</summary>
/// <remarks>An absent member is <see langword="null"/>, and its value is unknown. Readers ignore unknown members.</remarks>
public sealed record OperationStatus : IJsonOnDeserialized
{
    /// <summary>Gets the operation's ID: 32 lowercase hexadecimal digits.</summary>
    public required string Id { get; init; }

    /// <summary>Gets the name of the operation's kind.</summary>
    public required string Kind { get; init; }

    /// <summary>Gets the operation's state. In JSON, the name is <c>status</c>.</summary>
    [JsonPropertyName("status")]
    public required OperationState State { get; init; }

    /// <summary>Gets the time at which the operation was accepted, by the host's clock.</summary>
    [JsonConverter(typeof(Rfc3339Converter))]
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Gets the time at which the document was written, by its writer's clock. It never decreases.</summary>
    [JsonConverter(typeof(Rfc3339Converter))]
    public required DateTimeOffset LastUpdatedAt { get; init; }

    /// <summary>Gets the time from which the document may be deleted: <see cref="LastUpdatedAt"/> plus the host's retention.</summary>
    [JsonConverter(typeof(Rfc3339Converter))]
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>
    /// Gets the number of times that a worker received the operation, starting at 1; <see langword="null"/> if it has not started.
    /// </summary>
    public int? Attempt { get; init; }

    /// <summary>Gets the progress that the handler reports, from 0 to 100.</summary>
    public int? PercentComplete { get; init; }

    /// <summary>Gets the message that the handler reports with its progress.</summary>
    public string? Message { get; init; }

    /// <summary>Gets the estimated time until the operation is done, counted from <see cref="LastUpdatedAt"/>.</summary>
    public OperationEstimate? Estimate { get; init; }

    /// <summary>Gets the URL of the outcome, relative to the operation URL.</summary>
    public string? ResourceLocation { get; init; }

    /// <summary>Gets the handler's result, if <see cref="State"/> is <c>Succeeded</c>.</summary>
    public JsonElement? Result { get; init; }

    /// <summary>Gets the problem, if <see cref="State"/> is <c>Failed</c>.</summary>
    public OperationProblem? Error { get; init; }

    /// <inheritdoc/>
    void IJsonOnDeserialized.OnDeserialized()
    {
        if (Attempt < 1)
        {
            throw new JsonException($"'attempt' is {Attempt}; it must be 1 or more.");
        }

        if (PercentComplete is < 0 or > 100)
        {
            throw new JsonException($"'percentComplete' is {PercentComplete}; it must be 0 to 100.");
        }

        if ((Result is { } result && !IsUnicode(result)) || Error?.Extensions?.Values.All(IsUnicode) is false)
        {
            throw new JsonException("'result' or 'error' contains text that is not valid Unicode.");
        }
    }

    // JSON can contain an escaped half of a surrogate pair, or bytes that are not UTF-8. Reading such text throws, and a document with it
    // cannot be written again.
    private static bool IsUnicode(JsonElement element)
    {
        var utf8Json = JsonMarshal.GetRawUtf8Value(element);
        if (!Utf8.IsValid(utf8Json))
        {
            return false;
        }

        try
        {
            if (utf8Json.IndexOf("\\u"u8) >= 0)
            {
                ReadTexts(element);
            }

            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    private static void ReadTexts(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var member in element.EnumerateObject())
                {
                    _ = member.Name;
                    ReadTexts(member.Value);
                }

                break;
            case JsonValueKind.Array:
                foreach (var item in element.EnumerateArray())
                {
                    ReadTexts(item);
                }

                break;
            case JsonValueKind.String:
                _ = element.GetString();
                break;
        }
    }
}
