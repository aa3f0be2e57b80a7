namespace OffloadedPolling;

/// <summary>A status document as a host serves it.</summary>
/// <param name="Utf8Json">The document's bytes.</param>
/// <param name="Version">The version, which becomes the <c>ETag</c>, without quotes.</param>
public sealed record ServedStatusDocument(ReadOnlyMemory<byte> Utf8Json, string Version);
