namespace OffloadedPolling.IntegrationTests.Servers;

/// <summary>A request that passed a <see cref="RecordingProxy"/>.</summary>
/// <param name="Method">GET, PUT and so on.</param>
/// <param name="Path">The path as on the wire, without the query.</param>
/// <param name="Target">For AWS's JSON protocol: the operation, such as AmazonSQS.SendMessage.</param>
/// <param name="StatusCode">What was answered.</param>
/// <param name="Headers">The request's headers.</param>
internal sealed record RecordedRequest(
    string Method, string Path, string? Target, int StatusCode, IReadOnlyDictionary<string, string> Headers);
