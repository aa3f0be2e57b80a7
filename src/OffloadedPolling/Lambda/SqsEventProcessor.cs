using System.Text.Json;
using OffloadedPolling.Lambda;

namespace OffloadedPolling;

/// <summary>
/// Processes the messages that AWS Lambda passes to a function, as a worker does that receives them from the queue, or, for a dead-letter
/// queue, as the dead-letter reader does. <c>WithSqsEvents()</c> registers it.
/// </summary>
/// <remarks>
/// The event source mapping must have <c>FunctionResponseTypes: [ReportBatchItemFailures]</c>. Without it, AWS Lambda deletes messages that
/// failed, and their operations never end.
/// <para>Thread-safe. As in every worker, handlers run at least once and may overlap.</para>
/// </remarks>
public sealed class SqsEventProcessor
{
    // What is left for ends to be written, and for the answer to be given, when handlers are told to stop.
    private static readonly TimeSpan _toEnd = TimeSpan.FromSeconds(5);

    private readonly BatchProcessor _batches;
    private readonly TimeProvider _time;

    internal SqsEventProcessor(BatchProcessor batches, TimeProvider time) => (_batches, _time) = (batches, time);

    /// <summary>
    /// Processes an event, its messages side by side, each kind's up to its <see cref="OperationOptions.MaxConcurrency"/> at once.
    /// </summary>
    /// <param name="sqsEvent">The event as AWS Lambda passes it.</param>
    /// <param name="timeLeft">
    /// The time until AWS Lambda ends the invocation: <c>ILambdaContext.RemainingTime</c>, or the function's <c>Timeout</c>. Five seconds
    /// before (halfway, if it is under ten), handlers that still run are canceled and their messages released.
    /// </param>
    /// <param name="cancellationToken">
    /// The token to monitor for cancellation requests. When it is canceled, handlers are canceled at once and their messages released.
    /// </param>
    /// <returns>The function's response, <c>{"batchItemFailures":[…]}</c>: the messages to deliver again.</returns>
    /// <exception cref="InvalidSqsEventException">
    /// The input is not an event of a queue, or a record has no id and cannot be reported by itself. All others are processed by then.
    /// </exception>
    /// <exception cref="OperationStoreException">
    /// The status store failed before any message was processed. AWS Lambda then slows down and delivers the whole batch again.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="timeLeft"/> is zero or negative.</exception>
    public async Task<Stream> ProcessAsync(Stream sqsEvent, TimeSpan timeLeft, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(sqsEvent);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(timeLeft, TimeSpan.Zero);
        var toEnd = timeLeft < _toEnd * 2 ? timeLeft / 2 : _toEnd;
        using var stopAtEnd = new CancellationTokenSource(timeLeft - toEnd, _time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(stopAtEnd.Token, cancellationToken);
        using var abandon = new CancellationTokenSource(timeLeft - (toEnd / 2), _time);
        using var answer = new CancellationTokenSource(timeLeft - (toEnd / 4), _time);

        var batch = await SqsEvent.ReadAsync(sqsEvent, cancellationToken).ConfigureAwait(false);
        var failed = await _batches.ProcessAsync(batch.Records, stop.Token, abandon.Token, answer.Token).ConfigureAwait(false);
        return Answer(failed);
    }

    // https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
    private static MemoryStream Answer(IEnumerable<string> failed)
    {
        var answer = new MemoryStream();
        using (var json = new Utf8JsonWriter(answer))
        {
            json.WriteStartObject();
            json.WriteStartArray("batchItemFailures");
            foreach (var messageId in failed)
            {
                json.WriteStartObject();
                json.WriteString("itemIdentifier", messageId);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        answer.Position = 0;
        return answer;
    }
}

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
