namespace OffloadedPolling.Provisioning;

/// <summary>One of a bucket's configuration documents, as the server sent it.</summary>
/// <param name="Text">XML, or JSON for the policy.</param>
/// <param name="DefaultMinimumObjectSize">Of a lifecycle: what stands beside the document in a header, and is lost unless sent along.</param>
internal sealed record BucketDocument(string Text, string? DefaultMinimumObjectSize = null);
