namespace OffloadedPolling.IntegrationTests.Lambda;

/// <summary>What a caller of API Gateway gets.</summary>
internal sealed record GatewayReply(int StatusCode, IReadOnlyDictionary<string, string> Headers, string Body);
