namespace OffloadedPolling;

/// <summary>One run of an operation, as its handler sees it.</summary>
/// <typeparam name="TPayload">The kind's payload type.</typeparam>
public sealed class OperationContext<TPayload>
{
    private readonly Func<OperationProgress, CancellationToken, Task>? _report;

    /// <summary>Creates one, also for tests of handlers.</summary>
    /// <param name="operationId">The operation's id.</param>
    /// <param name="payload">What the host accepted.</param>
    /// <param name="attempt">How often the work was handed to a worker, from 1.</param>
    /// <param name="report">Takes the progress that the handler reports; without it, progress goes nowhere.</param>
    public OperationContext(string operationId, TPayload payload, int attempt = 1, Func<OperationProgress, CancellationToken, Task>? report = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(operationId);
        OperationId = operationId;
        Payload = payload;
        Attempt = attempt;
        _report = report;
    }

    /// <summary>The operation's id: the key to make effects repeatable with.</summary>
    public string OperationId { get; }

    /// <summary>What the host accepted.</summary>
    public TPayload Payload { get; }

    /// <summary>How often the work was handed to a worker, from 1. Above 1, an earlier run may have left half of its effects.</summary>
    public int Attempt { get; }

    /// <summary>Where the outcome is to be had, relative to the operation URL. Unset, the accept's stands.</summary>
    public string? ResourceLocation { get; set; }

    /// <summary>
    /// Shows callers how far the work has come. Cheap to call often: at most one write is made for each
    /// <see cref="OffloadedPollingOptions.MinProgressInterval"/>, with the newest values.
    /// </summary>
    /// <param name="percent">0 to 100.</param>
    /// <param name="message">What the work is at, for callers to read.</param>
    /// <param name="cancel">Gives up.</param>
    /// <returns>A task that ends when the progress is taken, not when it is written.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="percent"/> is out of range.</exception>
    /// <exception cref="StatusDocumentTooLargeException">
    /// The message makes the status document too large, or leaves too little room for the document's end. The one before stays.
    /// </exception>
    /// <exception cref="StatusDocumentRefusedException">A policy of the host's refuses the status document. The one before stays.</exception>
    public Task ReportProgressAsync(int percent, string? message = null, CancellationToken cancel = default)
    {
        if (percent is < 0 or > 100)
        {
            throw new ArgumentOutOfRangeException(
                nameof(percent), percent, $"The handler reported a progress of {percent} percent; it must be from 0 to 100.");
        }

        return _report?.Invoke(new OperationProgress(percent, message), cancel) ?? Task.CompletedTask;
    }
}
