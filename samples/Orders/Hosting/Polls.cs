namespace Orders;

/// <summary>The poll counter that the page shows.</summary>
/// <param name="AnsweredByHost">The number of requests for status documents that this process has received.</param>
/// <param name="HostStandsInForS3">Whether status URLs lead to this host, as with SQLite.</param>
public sealed record Polls(long AnsweredByHost, bool HostStandsInForS3);
