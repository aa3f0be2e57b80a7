namespace OffloadedPolling.IntegrationTests.Servers;

/// <summary>A request that went through a <see cref="RecordingProxy"/>.</summary>
/// <param name="Method">The HTTP method.</param>
/// <param name="Path">The path as on the wire, without the query.</param>
/// <param name="Target">The operation in AWS's JSON protocol, such as AmazonSQS.SendMessage.</param>
/// <param name="StatusCode">The status code of the response.</param>
/// <param name="Headers">The request's headers.</param>
internal sealed record RecordedRequest(
    string Method, string Path, string? Target, int StatusCode, IReadOnlyDictionary<string, string> Headers);
