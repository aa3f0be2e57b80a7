namespace OffloadedPolling;

/// <summary>No status URL could be signed: there are no credentials, or they are about to expire and no newer ones came.</summary>
public sealed class StatusUrlException : OffloadedPollingException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What was wrong and what to do.</param>
    /// <param name="cause">What led to it.</param>
    public StatusUrlException(string message, Exception? cause = null)
        : base(message, cause)
    {
    }
}
