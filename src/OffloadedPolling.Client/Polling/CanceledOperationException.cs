namespace OffloadedPolling.Client;

/// <summary>The operation ended as <see cref="OperationState.Canceled"/>, because somebody asked the host for it.</summary>
/// <remarks>No <see cref="OperationCanceledException"/>: that says that the caller stopped waiting.</remarks>
public sealed class CanceledOperationException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="status">The operation's last document.</param>
    public CanceledOperationException(OperationStatus status)
        : base($"Operation {status?.Id} was canceled.")
    {
        ArgumentNullException.ThrowIfNull(status);
        Status = status;
    }

    /// <summary>The operation's last document.</summary>
    public OperationStatus Status { get; }
}
