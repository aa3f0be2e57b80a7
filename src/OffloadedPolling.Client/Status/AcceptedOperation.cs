using System.Text.Json.Serialization;

namespace OffloadedPolling.Client;

/// <summary>The body of a <c>202 Accepted</c> and of <c>GET /operations/{id}/url</c>: where to look, and when.</summary>
/// <remarks><see cref="StatusUrl"/> is a credential: whoever holds it can read the status. <see cref="ToString"/> leaves it out.</remarks>
public sealed record AcceptedOperation
{
    /// <summary>The operation's id: 32 lower-case hex digits.</summary>
    public required string Id { get; init; }

    /// <summary>The operation's state when this was written.</summary>
    public required OperationState Status { get; init; }

    /// <summary>The URL to poll, to be used byte for byte, with GET and without an <c>Authorization</c> header.</summary>
    public required string StatusUrl { get; init; }

    /// <summary>When <see cref="StatusUrl"/> stops working.</summary>
    [JsonConverter(typeof(Rfc3339Converter))]
    public required DateTimeOffset StatusUrlExpiresAt { get; init; }

    /// <summary>The operation's stable address at the host, where a fresh status URL is to be had; absent if the host maps none.</summary>
    public string? OperationUrl { get; init; }

    /// <summary>How long to wait before the first poll, counted from this answer. In JSON: seconds.</summary>
    [JsonConverter(typeof(SecondsConverter))]
    public required TimeSpan RetryAfter { get; init; }

    /// <summary>When the operation is likely done, counted from this answer; absent if unknown.</summary>
    public OperationEstimate? Estimate { get; init; }

    /// <summary>
    /// Whether the operation had been accepted before this answer: the answer to a repeated accept, or to a request for a new status URL.
    /// </summary>
    /// <value>Absent from the JSON of an operation that was just accepted, whose status document is new.</value>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Repeated { get; init; }

    /// <summary>The id and the state. The URL is a credential and is left out.</summary>
    /// <returns>A text that is safe to log.</returns>
    public override string ToString() => $"{nameof(AcceptedOperation)} {{ Id = {Id}, Status = {Status}, StatusUrl = (withheld) }}";
}
