namespace OffloadedPolling.Sqlite;

/// <summary>A status document as it lies in the file.</summary>
internal sealed record DocumentRow(byte[] Document, string Version, OperationMetadata Metadata);
