namespace OffloadedPolling;

/// <summary>A URL that opens one status document. Treat it as a credential: anyone who has it can read the document.</summary>
public sealed class StatusUrl
{
    /// <summary>Initializes a new instance of the <see cref="StatusUrl"/> class.</summary>
    /// <param name="value">The URL. Callers must use it byte for byte.</param>
    /// <param name="expiresAt">The time when the URL stops working.</param>
    public StatusUrl(string value, DateTimeOffset expiresAt)
    {
        ArgumentException.ThrowIfNullOrEmpty(value);
        (Value, ExpiresAt) = (value, expiresAt);
    }

    /// <summary>Gets the URL. Use it byte for byte.</summary>
    public string Value { get; }

    /// <summary>Gets the time when the URL stops working.</summary>
    public DateTimeOffset ExpiresAt { get; }

    /// <summary>Returns the URL without its query, which is the credential.</summary>
    /// <returns>A text that is safe to log.</returns>
    public override string ToString() =>
        Value.IndexOf('?', StringComparison.Ordinal) is var query and >= 0 ? $"{Value[..query]}?(withheld)" : Value;
}

/// <summary>
/// The exception that is thrown when no status URL can be signed: there are no credentials, or they expire soon and no new ones came.
/// </summary>
/// <param name="message">What is wrong and what to do.</param>
/// <param name="cause">The cause, if there is one.</param>
public sealed class StatusUrlException(string message, Exception? cause = null) : OffloadedPollingException(message, cause);
