namespace Costs;

/// <summary>The workload of a month.</summary>
internal sealed record Workload
{
    /// <summary>Gets the operations per month.</summary>
    public required long Operations { get; init; }

    /// <summary>Gets the polls per operation.</summary>
    public required decimal Polls { get; init; }

    /// <summary>Gets the writes of the status per operation.</summary>
    public required decimal Writes { get; init; }

    /// <summary>Gets the size of the status, in KB of 1,000 bytes.</summary>
    public required decimal DocumentKb { get; init; }

    /// <summary>Gets the days that a status is stored.</summary>
    public required decimal RetentionDays { get; init; }

    /// <summary>Gets the memory of the function that answers a poll, in MB.</summary>
    public required decimal MemoryMb { get; init; }

    /// <summary>Gets the duration of the function for one poll, in milliseconds.</summary>
    public required decimal DurationMs { get; init; }

    /// <summary>Gets the amount that the function logs for one poll, in KB.</summary>
    public required decimal LogKb { get; init; }

    /// <summary>Gets the preflight requests of the caller's browser per operation.</summary>
    public required decimal Preflights { get; init; }

    public decimal AllPolls => Operations * Polls;

    public decimal AllWrites => Operations * Writes;

    public decimal AllPreflights => Operations * Preflights;

    /// <summary>Gets the data sent to callers, in GB of a billion bytes.</summary>
    public decimal EgressGb => AllPolls * DocumentKb / 1_000_000;
}
