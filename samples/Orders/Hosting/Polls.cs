namespace Orders;

/// <summary>What the page shows of the polls.</summary>
/// <param name="AnsweredByHost">Requests for status documents that this process has got since its start.</param>
/// <param name="HostStandsInForS3">Whether status URLs lead to this host: on SQLite.</param>
public sealed record Polls(long AnsweredByHost, bool HostStandsInForS3);
