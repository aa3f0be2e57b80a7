namespace OffloadedPolling;

/// <summary>
/// What a function was invoked with is no event of an SQS queue, or has a record that cannot be told apart. AWS Lambda counts the whole
/// batch as failed.
/// </summary>
public sealed class InvalidSqsEventException : OffloadedPollingException
{
    internal InvalidSqsEventException(string what)
        : base($"This is no event of an SQS queue: {what}. Invoke the function by an event source mapping of the kind's queue, and "
            + "nothing else.", null)
    {
    }
}
