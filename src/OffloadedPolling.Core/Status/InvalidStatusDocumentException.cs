namespace OffloadedPolling;

/// <summary>What lies under a status key is no status document that this version can read.</summary>
public sealed class InvalidStatusDocumentException : OffloadedPollingException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="statusKey">The document's key.</param>
    /// <param name="reason">What is wrong with it.</param>
    /// <param name="cause">What led to it.</param>
    public InvalidStatusDocumentException(string statusKey, string reason, Exception? cause = null)
        : base($"'{statusKey}' is no status document that can be read: {reason} See who else writes there, or delete it.", cause) =>
        StatusKey = statusKey;

    /// <summary>The document's key.</summary>
    public string StatusKey { get; }
}
