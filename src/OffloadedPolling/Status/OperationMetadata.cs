namespace OffloadedPolling;

/// <summary>What goes with a status document and is not for callers. It is no secret: on S3 a URL's holder can read it.</summary>
public sealed record OperationMetadata
{
    /// <summary>No metadata yet: the operation waits.</summary>
    public static OperationMetadata Empty { get; } = new();

    /// <summary>The id of the queue message whose delivery runs, or ran, the operation; <see langword="null"/> before the first.</summary>
    public string? OwnerMessageId { get; init; }
}
