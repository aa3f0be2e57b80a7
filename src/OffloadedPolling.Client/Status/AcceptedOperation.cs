using System.Text.Json.Serialization;

namespace OffloadedPolling.Client;

/// <summary>The body of a <c>202 Accepted</c> and of <c>GET /operations/{id}/url</c>: where to poll, and when.</summary>
/// <remarks><see cref="StatusUrl"/> is a credential: whoever holds it can read the status. <see cref="ToString"/> omits it.</remarks>
public sealed record AcceptedOperation
{
    /// <summary>Gets the operation's id: 32 lower-case hex digits.</summary>
    public required string Id { get; init; }

    /// <summary>Gets the operation's state when this was written.</summary>
    public required OperationState Status { get; init; }

    /// <summary>Gets the URL to poll. Use it byte for byte, with GET and without an <c>Authorization</c> header.</summary>
    public required string StatusUrl { get; init; }

    /// <summary>Gets when <see cref="StatusUrl"/> expires.</summary>
    [JsonConverter(typeof(Rfc3339Converter))]
    public required DateTimeOffset StatusUrlExpiresAt { get; init; }

    /// <summary>Gets the operation's stable address at the host, which issues new status URLs; absent if the host maps none.</summary>
    public string? OperationUrl { get; init; }

    /// <summary>Gets how long to wait before the first poll, counted from this answer. In JSON: seconds.</summary>
    [JsonConverter(typeof(SecondsConverter))]
    public required TimeSpan RetryAfter { get; init; }

    /// <summary>Gets when the operation is likely to be done, counted from this answer; absent if unknown.</summary>
    public OperationEstimate? Estimate { get; init; }

    /// <summary>
    /// Gets a value indicating whether the operation had been accepted before: in the answer to a repeated accept, or to a request for a
    /// new status URL.
    /// </summary>
    /// <value>Absent from the JSON of an operation that was just accepted, whose status document is new.</value>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Repeated { get; init; }

    /// <summary>Returns the id and the state, without the URL, which is a credential.</summary>
    /// <returns>A text that is safe to log.</returns>
    public override string ToString() => $"{nameof(AcceptedOperation)} {{ Id = {Id}, Status = {Status}, StatusUrl = (withheld) }}";
}
