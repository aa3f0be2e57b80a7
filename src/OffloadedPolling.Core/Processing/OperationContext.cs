namespace OffloadedPolling;

/// <summary>An operation and its current run, as passed to the handler.</summary>
/// <typeparam name="TPayload">The kind's payload type.</typeparam>
public sealed class OperationContext<TPayload>
{
    private readonly Func<OperationProgress, CancellationToken, Task>? _report;

    /// <summary>
    /// Initializes a new instance of the <see cref="OperationContext{TPayload}"/> class. Use it in tests of handlers.
    /// </summary>
    /// <param name="operationId">The operation's ID.</param>
    /// <param name="payload">The payload that the host accepted.</param>
    /// <param name="attempt">The number of the attempt, starting at 1.</param>
    /// <param name="report">The method that receives the progress that the handler reports. Without it, progress is discarded.</param>
    public OperationContext(
        string operationId, TPayload payload, int attempt = 1, Func<OperationProgress, CancellationToken, Task>? report = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(operationId);
        (OperationId, Payload, Attempt, _report) = (operationId, payload, attempt, report);
    }

    /// <summary>Gets the operation's ID. Use it as the key that makes effects idempotent.</summary>
    public string OperationId { get; }

    /// <summary>Gets the payload that the host accepted.</summary>
    public TPayload Payload { get; }

    /// <summary>Gets the number of the attempt, starting at 1. Above 1, an earlier run may have left some of its effects.</summary>
    public int Attempt { get; }

    /// <summary>Gets or sets the location of the result, relative to the operation URL. The default is the one from the accept.</summary>
    public string? ResourceLocation { get; set; }

    /// <summary>
    /// Reports progress to callers. You can call it often: at most one write is made per
    /// <see cref="OffloadedPollingOptions.MinProgressInterval"/>, with the newest values.
    /// </summary>
    /// <param name="percent">The percentage that is complete, from 0 to 100.</param>
    /// <param name="message">A description of the current step, for callers to read.</param>
    /// <param name="cancellationToken">The token to monitor for cancellation requests.</param>
    /// <returns>A task that completes when the progress is accepted, not when it is written.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="percent"/> is out of range.</exception>
    /// <exception cref="StatusDocumentTooLargeException">
    /// The message makes the status document too large, or leaves too little room for its end. The previous message is kept.
    /// </exception>
    /// <exception cref="StatusDocumentRefusedException">A policy of the host refused the document. The previous one is kept.</exception>
    public Task ReportProgressAsync(int percent, string? message = null, CancellationToken cancellationToken = default)
    {
        if (percent is < 0 or > 100)
        {
            throw new ArgumentOutOfRangeException(
                nameof(percent), percent, $"The handler reported {percent} percent. Progress must be between 0 and 100.");
        }

        return _report?.Invoke(new OperationProgress(percent, message), cancellationToken) ?? Task.CompletedTask;
    }
}

/// <summary>Progress that a handler reports.</summary>
/// <param name="Percent">The percentage that is complete, from 0 to 100.</param>
/// <param name="Message">A description of the current step.</param>
public sealed record OperationProgress(int Percent, string? Message);
