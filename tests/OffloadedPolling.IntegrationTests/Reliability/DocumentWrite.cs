using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text.Json;

namespace OffloadedPolling.IntegrationTests.Reliability;

/// <summary>A PUT of a status document that went through the <see cref="WriteWitness"/>.</summary>
[SuppressMessage("Security", "CA5351", Justification = "S3 uses MD5 for its ETags.")]
internal sealed class DocumentWrite(string key, byte[] body, string? parent)
{
    private volatile bool _isConfirmed;

    public string Key { get; } = key;

    /// <summary>Gets the version that this write creates: S3's ETag, the hash of the body.</summary>
    public string Version { get; } = Convert.ToHexStringLower(MD5.HashData(body));

    /// <summary>Gets the version in its <c>If-Match</c>, or <see langword="null"/> if the write creates the document.</summary>
    public string? Parent { get; } = parent;

    /// <summary>Gets whether S3 confirmed the write. S3 may have stored an unconfirmed write too, because responses can be lost.</summary>
    public bool IsConfirmed => _isConfirmed;

    public OperationStatus Document => JsonSerializer.Deserialize(body, OperationJson.Status)!;

    public void Confirm() => _isConfirmed = true;
}
