namespace OffloadedPolling;

/// <summary>A status document was not written because another writer came first. Read it again and decide anew.</summary>
public sealed class OperationStatusConflictException : OffloadedPollingException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="statusKey">The document's key.</param>
    /// <param name="cause">What led to it.</param>
    public OperationStatusConflictException(string statusKey, Exception? cause = null)
        : base($"The status document '{statusKey}' was not written: another writer came first. Read it again and decide anew.", cause) =>
        StatusKey = statusKey;

    /// <summary>The document's key.</summary>
    public string StatusKey { get; }
}
