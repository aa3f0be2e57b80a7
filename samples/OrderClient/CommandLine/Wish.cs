namespace OrderClient;

/// <summary>What the command line asks for.</summary>
/// <remarks>No record, which would print its token.</remarks>
internal sealed class Wish
{
    public required Uri Host { get; init; }

    /// <summary>The bearer token for the host; <see langword="null"/> where it demands none.</summary>
    public required string? Token { get; init; }

    /// <summary>How many orders to place.</summary>
    public required int Count { get; init; }

    public required string Customer { get; init; }

    public required string Sku { get; init; }

    /// <summary>How long each order is followed.</summary>
    public required TimeSpan Timeout { get; init; }

    /// <summary>The orders to go on with; none are placed then.</summary>
    public required IReadOnlyList<string> ResumeTokens { get; init; }
}
