namespace OffloadedPolling;

/// <summary>A URL that opens one status document for whoever holds it. It is printed without its query, which is the credential.</summary>
public sealed class StatusUrl
{
    /// <summary>Creates a status URL.</summary>
    /// <param name="value">The URL, to be used byte for byte.</param>
    /// <param name="expiresAt">When it stops working.</param>
    public StatusUrl(string value, DateTimeOffset expiresAt)
    {
        ArgumentException.ThrowIfNullOrEmpty(value);
        (Value, ExpiresAt) = (value, expiresAt);
    }

    /// <summary>Gets the URL, to be used byte for byte.</summary>
    public string Value { get; }

    /// <summary>Gets the time when the URL stops working.</summary>
    public DateTimeOffset ExpiresAt { get; }

    /// <summary>Returns the URL without its query.</summary>
    /// <returns>A text that is safe to log.</returns>
    public override string ToString() =>
        Value.IndexOf('?', StringComparison.Ordinal) is var query and >= 0 ? $"{Value[..query]}?(withheld)" : Value;
}

/// <summary>No status URL could be signed: there are no credentials, or they are about to expire and no newer ones came.</summary>
/// <param name="message">What was wrong and what to do.</param>
/// <param name="cause">What led to it.</param>
public sealed class StatusUrlException(string message, Exception? cause = null) : OffloadedPollingException(message, cause);
