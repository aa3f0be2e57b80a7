namespace OffloadedPolling.Processing;

/// <summary>How long a failed operation waits before its next attempt.</summary>
internal static class RetryDelay
{
    // SQS hides no message for longer.
    // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html
    private static readonly TimeSpan _longest = TimeSpan.FromHours(12);

    private static readonly TimeSpan _first = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Returns the delay after a failed attempt: 2 seconds after the first one, then twice as long each time, up to twice the visibility
    /// timeout. The last attempt comes no earlier than with a delay of one visibility timeout after each attempt, so that the operation
    /// outlasts an outage of that length.
    /// </summary>
    /// <param name="attempt">The attempt that failed, from 1.</param>
    /// <param name="maxAttempts">The most attempts; <see cref="int.MaxValue"/> for no limit.</param>
    /// <param name="visibilityTimeout">The kind's visibility timeout.</param>
    public static TimeSpan After(int attempt, int maxAttempts, TimeSpan visibilityTimeout)
    {
        var delay = Doubled(attempt, visibilityTimeout);
        if (attempt == maxAttempts - 1)
        {
            var waited = TimeSpan.Zero;
            for (var earlier = 1; earlier < attempt; earlier++)
            {
                waited += Doubled(earlier, visibilityTimeout);
            }

            delay = Longer(delay, (attempt * visibilityTimeout) - waited);
        }

        return delay < _longest ? delay : _longest;
    }

    private static TimeSpan Doubled(int attempt, TimeSpan visibilityTimeout)
    {
        var most = Longer(_first, 2 * visibilityTimeout);
        var doubled = _first * Math.Pow(2, Math.Min(attempt, 30) - 1);
        return doubled < most ? doubled : most;
    }

    private static TimeSpan Longer(TimeSpan one, TimeSpan other) => one > other ? one : other;
}
