namespace OrderClient;

/// <summary>The values of the command line.</summary>
/// <remarks>This type is not a record, because a record would print its token.</remarks>
internal sealed class Arguments
{
    public required Uri Host { get; init; }

    /// <summary>Gets the bearer token for the host; <see langword="null"/> if it requires none.</summary>
    public required string? Token { get; init; }

    /// <summary>Gets the number of orders to place.</summary>
    public required int Count { get; init; }

    public required string Customer { get; init; }

    public required string Sku { get; init; }

    /// <summary>Gets how long to follow each order.</summary>
    public required TimeSpan Timeout { get; init; }

    /// <summary>Gets the tokens of orders to resume. If there are any, no orders are placed.</summary>
    public required IReadOnlyList<string> ResumeTokens { get; init; }
}
