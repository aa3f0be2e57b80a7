namespace OffloadedPolling.Sqlite;

/// <summary>A status document as stored in the file.</summary>
internal sealed record DocumentRow(byte[] Document, string Version, OperationMetadata Metadata);
