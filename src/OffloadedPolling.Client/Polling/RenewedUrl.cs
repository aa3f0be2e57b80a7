namespace OffloadedPolling.Client;

/// <summary>What the host answered to the wish for a new status URL: the URL, that there is none for this caller, or nothing.</summary>
/// <remarks>No record, which would print its URL.</remarks>
internal sealed class RenewedUrl
{
    public Uri? Url { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Why there will be none.</summary>
    public OperationUnavailableReason? Unavailable { get; init; }

    /// <summary>What the host said, where there is no URL.</summary>
    public string? Words { get; init; }

    /// <summary>What an overloaded host asks for.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
