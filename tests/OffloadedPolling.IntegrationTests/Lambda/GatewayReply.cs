namespace OffloadedPolling.IntegrationTests.Lambda;

/// <summary>A response as a caller of API Gateway receives it.</summary>
internal sealed record GatewayReply(int StatusCode, IReadOnlyDictionary<string, string> Headers, string Body);
