using System.Text.Json.Serialization;

namespace OffloadedPolling.Client;

/// <summary>Represents the body of a <c>202 Accepted</c> and of <c>GET /operations/{id}/url</c>: where and when to poll.</summary>
/// <remarks>
/// <see cref="StatusUrl"/> is a credential: anyone who has it can read the status. <see cref="ToString"/> omits it.
/// </remarks>
public sealed record AcceptedOperation
{
    /// <summary>Gets the operation's ID: 32 lowercase hexadecimal digits.</summary>
    public required string Id { get; init; }

    /// <summary>Gets the operation's state at the time of the response.</summary>
    public required OperationState Status { get; init; }

    /// <summary>Gets the URL to poll with GET. Use it unchanged, and without an <c>Authorization</c> header.</summary>
    public required string StatusUrl { get; init; }

    /// <summary>Gets the time at which <see cref="StatusUrl"/> expires.</summary>
    [JsonConverter(typeof(Rfc3339Converter))]
    public required DateTimeOffset StatusUrlExpiresAt { get; init; }

    /// <summary>Gets the operation's permanent URL at the host, which issues new status URLs; absent if the host maps none.</summary>
    public string? OperationUrl { get; init; }

    /// <summary>Gets the time to wait before the first poll, counted from this response. In JSON, it is in seconds.</summary>
    [JsonConverter(typeof(SecondsConverter))]
    public required TimeSpan RetryAfter { get; init; }

    /// <summary>Gets the estimated time until the operation is done, counted from this response; absent if unknown.</summary>
    public OperationEstimate? Estimate { get; init; }

    /// <summary>
    /// Gets a value that indicates whether the operation was accepted before this request. It is <see langword="true"/> in the response to
    /// a repeated accept, and to a request for a new status URL.
    /// </summary>
    /// <value>In JSON, it is absent if the operation was just accepted and its status document is new.</value>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Repeated { get; init; }

    /// <summary>Returns the ID and the state, but not the URL, which is a credential.</summary>
    /// <returns>A text that is safe to log.</returns>
    public override string ToString() => $"{nameof(AcceptedOperation)} {{ Id = {Id}, Status = {Status}, StatusUrl = (withheld) }}";
}
