using System.Text.Json;
using System.Text.Json.Serialization;

namespace OffloadedPolling.Client;

/// <summary>The status document: what callers read at a status URL.</summary>
/// <remarks>Absent members are <see langword="null"/> and mean unknown. Readers ignore members that they do not know.</remarks>
public sealed record OperationStatus : IJsonOnDeserialized
{
    /// <summary>The operation's id: 32 lower-case hex digits.</summary>
    public required string Id { get; init; }

    /// <summary>The name of the operation's kind.</summary>
    public required string Kind { get; init; }

    /// <summary>How far the operation has come.</summary>
    [JsonPropertyName("status")]
    public required OperationState State { get; init; }

    /// <summary>When the operation was accepted, by the host's clock.</summary>
    [JsonConverter(typeof(Rfc3339Converter))]
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When this document was written, by its writer's clock; never earlier than the document before it.</summary>
    [JsonConverter(typeof(Rfc3339Converter))]
    public required DateTimeOffset LastUpdatedAt { get; init; }

    /// <summary>From when on the document may be gone: <see cref="LastUpdatedAt"/> plus the host's retention.</summary>
    [JsonConverter(typeof(Rfc3339Converter))]
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>How often the work was handed to a worker, from 1; <see langword="null"/> while it has not started.</summary>
    public int? Attempt { get; init; }

    /// <summary>Progress from 0 to 100, as the handler reports it.</summary>
    public int? PercentComplete { get; init; }

    /// <summary>What the work is at, in the handler's words.</summary>
    public string? Message { get; init; }

    /// <summary>When the operation is likely done, counted from <see cref="LastUpdatedAt"/>.</summary>
    public OperationEstimate? Estimate { get; init; }

    /// <summary>Where the outcome is to be had, relative to the operation URL.</summary>
    public string? ResourceLocation { get; init; }

    /// <summary>What the handler returned, when <see cref="State"/> is <c>Succeeded</c>.</summary>
    public JsonElement? Result { get; init; }

    /// <summary>What went wrong, when <see cref="State"/> is <c>Failed</c>.</summary>
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

        if ((Result is { } result && !JsonText.IsWhole(result)) || Error?.Extensions?.Values.All(JsonText.IsWhole) is false)
        {
            throw new JsonException("'result' or 'error' holds text that is no Unicode.");
        }
    }
}
