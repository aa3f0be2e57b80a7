namespace OffloadedPolling;

/// <summary>A queue could not be reached, or refused. The message names it and says what to do.</summary>
public sealed class OperationQueueException : OffloadedPollingException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What was wrong, where, and what to do.</param>
    /// <param name="cause">What led to it.</param>
    public OperationQueueException(string message, Exception? cause = null)
        : base(message, cause)
    {
    }
}
