namespace OffloadedPolling;

/// <summary>The status store could not be reached, or refused. The message names it and says what to do.</summary>
public sealed class OperationStoreException : OffloadedPollingException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What was wrong, where, and what to do.</param>
    /// <param name="cause">What led to it.</param>
    public OperationStoreException(string message, Exception? cause = null)
        : base(message, cause)
    {
    }

    /// <summary>Gets a value that indicates whether the store refused the request, so that nothing was written.</summary>
    /// <value>
    /// <see langword="false"/> by default: the outcome is unknown, because the store could not be reached or its answer was lost.
    /// </value>
    public bool IsRefusal { get; init; }
}
