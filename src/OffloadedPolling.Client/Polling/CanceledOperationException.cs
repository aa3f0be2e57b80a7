namespace OffloadedPolling.Client;

/// <summary>The exception that is thrown when an operation ended as <see cref="OperationState.Canceled"/>, at somebody's request.</summary>
/// <remarks>Not an <see cref="OperationCanceledException"/>, which says that the caller stopped waiting.</remarks>
public sealed class CanceledOperationException : Exception
{
    /// <summary>Initializes a new instance of the <see cref="CanceledOperationException"/> class.</summary>
    /// <param name="status">The operation's last document.</param>
    public CanceledOperationException(OperationStatus status)
        : base($"Operation {status?.Id} was canceled.")
    {
        ArgumentNullException.ThrowIfNull(status);
        Status = status;
    }

    /// <summary>Gets the operation's last document.</summary>
    public OperationStatus Status { get; }
}
