namespace OffloadedPolling.Client;

/// <summary>What one look at a status URL told: a document, that it has not changed, a refusal, or nothing.</summary>
/// <param name="answer">The answer.</param>
internal sealed class StatusReading(HttpAnswer answer)
{
    public HttpAnswer Answer => answer;

    public OperationStatus? Status { get; init; }

    public StatusRefusal? Refusal { get; init; }

    /// <summary>The store's name for the refusal; <see langword="null"/> if it gave none.</summary>
    public string? RefusalCode { get; init; }

    /// <summary>Why the look told nothing. Another one may.</summary>
    public string? Fault { get; init; }
}
