using System.Globalization;

namespace OffloadedPolling;

/// <summary>An operation's message would be larger than its queue takes. The operation was not accepted.</summary>
public sealed class PayloadTooLargeException : OffloadedPollingException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="kind">The operation's kind.</param>
    /// <param name="size">The message's size in bytes, its attributes counted.</param>
    /// <param name="limit">The most bytes that the queue takes.</param>
    /// <param name="cause">The queue's own refusal, if it was asked.</param>
    public PayloadTooLargeException(string kind, int size, int limit, Exception? cause = null)
        : base(
            string.Create(
                CultureInfo.InvariantCulture,
                $"A message of {size:N0} bytes for an operation of kind '{kind}' is over its queue's limit of {limit:N0} bytes. ")
            + "Store the payload elsewhere and send a reference to it, or raise the queue's limit (in SQS: MaximumMessageSize, up to "
            + "1,048,576).",
            cause)
    {
        Size = size;
        Limit = limit;
    }

    /// <summary>The message's size in bytes, its attributes counted.</summary>
    public int Size { get; }

    /// <summary>The most bytes that the queue takes.</summary>
    public int Limit { get; }
}
