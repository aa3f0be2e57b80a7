using System.Globalization;

namespace OffloadedPolling.Sqs;

/// <summary>Compares a queue with what the settings say of it.</summary>
internal static class SqsSetUp
{
    /// <summary>What does not fit though the queue can be used, and what to do; <see langword="null"/> if all fits.</summary>
    public static string? WrongWith(string queueUrl, SqsQueueAttributes.Snapshot queue, OperationOptions options)
    {
        var deadLetters = options.DeadLetterQueueUrl;
        return queue switch
        {
            { DeadLetterTarget: null } when deadLetters.Length > 0 =>
                $"The queue '{queueUrl}' has no redrive policy, so nothing ever comes to the dead-letter queue '{deadLetters}'. Give it "
                + "one, or take DeadLetterQueueUrl out.",
            { DeadLetterTarget: { } target } when deadLetters.Length > 0 && QueueArn.Read(target)?.IsAt(deadLetters) == false =>
                $"The redrive policy of the queue '{queueUrl}' names '{target}', and DeadLetterQueueUrl is '{deadLetters}'. Correct the "
                + "one that is wrong: operations that are given up would stay Running.",
            { MaxReceiveCount: { } receives } when options.MaxAttempts > receives => string.Create(
                CultureInfo.InvariantCulture,
                $"MaxAttempts is {options.MaxAttempts}, and the queue '{queueUrl}' delivers a message {receives} times. Lower "
                + $"MaxAttempts, or raise the redrive policy's maxReceiveCount."),
            _ => null,
        };
    }
}
