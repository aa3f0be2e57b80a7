namespace Costs;

/// <summary>What is asked of either side in a month.</summary>
internal sealed record Workload
{
    /// <summary>Operations a month.</summary>
    public required long Operations { get; init; }

    /// <summary>How often the caller of one operation looks.</summary>
    public required decimal Polls { get; init; }

    /// <summary>How often the status of one operation is written.</summary>
    public required decimal Writes { get; init; }

    /// <summary>The status, in KB of 1,000 bytes.</summary>
    public required decimal DocumentKb { get; init; }

    /// <summary>How many days a status is kept.</summary>
    public required decimal RetentionDays { get; init; }

    /// <summary>The memory of the function that answers a poll, in MB.</summary>
    public required decimal MemoryMb { get; init; }

    /// <summary>How long it runs for one poll, in milliseconds.</summary>
    public required decimal DurationMs { get; init; }

    /// <summary>What it logs for one poll, in KB.</summary>
    public required decimal LogKb { get; init; }

    /// <summary>How many preflight requests the browser of one operation's caller sends.</summary>
    public required decimal Preflights { get; init; }

    public decimal AllPolls => Operations * Polls;

    public decimal AllWrites => Operations * Writes;

    public decimal AllPreflights => Operations * Preflights;

    /// <summary>What goes to callers, in GB of a billion bytes.</summary>
    public decimal EgressGb => AllPolls * DocumentKb / 1_000_000;
}
