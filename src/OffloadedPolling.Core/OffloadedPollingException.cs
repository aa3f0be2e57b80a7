namespace OffloadedPolling;

/// <summary>The base of what this library throws on purpose. Messages name what to do and hold no secret.</summary>
public abstract class OffloadedPollingException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What was wrong, with which value, and what to do.</param>
    /// <param name="cause">What led to it.</param>
    private protected OffloadedPollingException(string message, Exception? cause)
        : base(message, cause)
    {
    }
}
