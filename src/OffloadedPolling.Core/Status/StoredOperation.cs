namespace OffloadedPolling;

/// <summary>A status document as a store holds it.</summary>
/// <param name="Status">The document that callers read.</param>
/// <param name="Metadata">What goes with it and is not for callers.</param>
/// <param name="Version">The version (on S3 the ETag) to pass to <see cref="IOperationStatusStore.UpdateAsync"/>.</param>
public sealed record StoredOperation(OperationStatus Status, OperationMetadata Metadata, string Version);
