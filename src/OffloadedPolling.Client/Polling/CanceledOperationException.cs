namespace OffloadedPolling.Client;

/// <summary>The exception that is thrown when an operation ended as <see cref="OperationState.Canceled"/>.</summary>
/// <remarks>
/// It does not derive from <see cref="OperationCanceledException"/>, which means that the caller stopped waiting.
/// </remarks>
public sealed class CanceledOperationException : Exception
{
    /// <summary>Initializes a new instance of the <see cref="CanceledOperationException"/> class.</summary>
    /// <param name="status">The operation's last status document.</param>
    public CanceledOperationException(OperationStatus status)
        : base($"Operation {status?.Id} was canceled.")
    {
        ArgumentNullException.ThrowIfNull(status);
        Status = status;
    }

    /// <summary>Gets the operation's last status document.</summary>
    public OperationStatus Status { get; }
}
