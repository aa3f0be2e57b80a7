namespace OffloadedPolling;

/// <summary>
/// A URL that opens one status document for whoever holds it. It prints itself without its query, which is the credential.
/// </summary>
public sealed class StatusUrl
{
    /// <summary>Creates one.</summary>
    /// <param name="value">The URL, to be used byte for byte.</param>
    /// <param name="expiresAt">When it stops working.</param>
    public StatusUrl(string value, DateTimeOffset expiresAt)
    {
        ArgumentException.ThrowIfNullOrEmpty(value);
        Value = value;
        ExpiresAt = expiresAt;
    }

    /// <summary>The URL, to be used byte for byte.</summary>
    public string Value { get; }

    /// <summary>When it stops working.</summary>
    public DateTimeOffset ExpiresAt { get; }

    /// <summary>The URL without its query.</summary>
    /// <returns>A text that is safe to log.</returns>
    public override string ToString() =>
        Value.IndexOf('?', StringComparison.Ordinal) is var query and >= 0 ? $"{Value[..query]}?(withheld)" : Value;
}
