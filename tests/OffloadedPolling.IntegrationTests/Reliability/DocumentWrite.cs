using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text.Json;

namespace OffloadedPolling.IntegrationTests.Reliability;

/// <summary>A PUT of a status document as it passed the <see cref="WriteWitness"/>.</summary>
[SuppressMessage("Security", "CA5351", Justification = "S3 makes its ETags so.")]
internal sealed class DocumentWrite(string key, byte[] body, string? parent)
{
    private volatile bool _isConfirmed;

    public string Key { get; } = key;

    /// <summary>The version that this write makes: S3's ETag, the hash of the body.</summary>
    public string Version { get; } = Convert.ToHexStringLower(MD5.HashData(body));

    /// <summary>The version that it replaces, by its <c>If-Match</c>; <see langword="null"/> for one that creates the document.</summary>
    public string? Parent { get; } = parent;

    /// <summary>Whether S3 said that it was made. It may have been made all the same: an answer can be lost.</summary>
    public bool IsConfirmed => _isConfirmed;

    public OperationStatus Document => JsonSerializer.Deserialize(body, OperationJson.Status)!;

    public void Confirm() => _isConfirmed = true;
}
