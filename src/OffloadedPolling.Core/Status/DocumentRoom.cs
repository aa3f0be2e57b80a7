namespace OffloadedPolling.Status;

/// <summary>
/// Reserves room in the document of an operation that has not ended. It is needed to claim, estimate and end the operation, if necessary
/// with one of the library's own problems.
/// </summary>
internal static class DocumentRoom
{
    private static readonly OperationStatus _bare = new()
    {
        Id = OperationId.New(), Kind = "", State = OperationState.Running,
        CreatedAt = default, LastUpdatedAt = default, ExpiresAt = default,
    };

    // Everything that the library may write, with the longest values.
    private static readonly OperationStatus[] _longest =
    [
        Longest(OperationState.NotStarted) with { Estimate = LongestEstimate() },
        .. Problems.Longest.Select(problem => Longest(OperationState.Failed) with { Error = problem }),
    ];

    /// <summary>Gets the number of bytes that the library's own members can add to a document.</summary>
    public static int Reserved { get; } = _longest.Max(SizeOf) - SizeOf(_bare);

    /// <summary>Checks that a document can be written and read back, and leaves enough room.</summary>
    /// <exception cref="StatusDocumentNotSerializableException">It cannot be written or read back.</exception>
    /// <exception cref="StatusDocumentTooLargeException">The document is over the limit, or leaves too little room.</exception>
    public static void ThrowIfUnfit(OperationStatus document, int maxBytes)
    {
        StatusDocument.Write(document, maxBytes);
        ThrowIfTooLittle(document, maxBytes);
    }

    /// <summary>Checks that a document leaves enough room.</summary>
    /// <exception cref="StatusDocumentNotSerializableException">It cannot be written.</exception>
    /// <exception cref="StatusDocumentTooLargeException">It leaves too little room.</exception>
    public static void ThrowIfTooLittle(OperationStatus document, int maxBytes)
    {
        var needed = document.State.IsTerminal()
            ? 0
            : SizeOf(document with { Attempt = null, PercentComplete = null, Estimate = null }) + Reserved;
        if (needed > maxBytes)
        {
            throw new StatusDocumentTooLargeException(document.Id, needed, maxBytes, Reserved);
        }
    }

    private static OperationStatus Longest(OperationState state) =>
        _bare with { State = state, Attempt = int.MaxValue, PercentComplete = 100 };

    private static OperationEstimate LongestEstimate() => new()
    {
        Median = OperationEstimates.Longest,
        Upper = OperationEstimates.Longest,
        Quantiles = [.. OperationEstimate.QuantileLevels.Select(_ => OperationEstimates.Longest)],
    };

    private static int SizeOf(OperationStatus document) => StatusDocument.Serialize(document).Length;
}
