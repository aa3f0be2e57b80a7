namespace OffloadedPolling;

/// <summary>The base class of the exceptions that this library defines. Their messages say what to do and contain no secret.</summary>
public abstract class OffloadedPollingException : Exception
{
    private protected OffloadedPollingException(string message, Exception? cause = null)
        : base(message, cause)
    {
    }
}
