using System.Text.Json;
using OffloadedPolling.Lambda;

namespace OffloadedPolling;

/// <summary>
/// Processes the messages that AWS Lambda passes to a function. Messages of a kind's queue are processed as by a worker, and messages of
/// a dead-letter queue as by the dead-letter reader. <c>WithSqsEvents()</c> registers it.
/// </summary>
/// <remarks>
/// The event source mapping must have <c>FunctionResponseTypes: [ReportBatchItemFailures]</c>. Without it, AWS Lambda deletes messages that
/// failed, and their operations never end.
/// <para>This type is thread-safe. As in every worker, handlers run at least once and may overlap.</para>
/// </remarks>
public sealed class SqsEventProcessor
{
    // The time to write final states and to respond after handlers are canceled.
    private static readonly TimeSpan _toEnd = TimeSpan.FromSeconds(5);

    private readonly BatchProcessor _batches;
    private readonly TimeProvider _time;

    internal SqsEventProcessor(BatchProcessor batches, TimeProvider time) => (_batches, _time) = (batches, time);

    /// <summary>
    /// Processes the messages of an event in parallel, up to the <see cref="OperationOptions.MaxConcurrency"/> of each kind.
    /// </summary>
    /// <param name="sqsEvent">The event as AWS Lambda passes it.</param>
    /// <param name="timeLeft">
    /// The time until AWS Lambda ends the invocation: <c>ILambdaContext.RemainingTime</c>, or the function's <c>Timeout</c>. Handlers that
    /// are still running are canceled, and their messages released, 5 seconds before (or halfway, if less than 10 seconds are left).
    /// </param>
    /// <param name="cancellationToken">
    /// The token to monitor for cancellation requests. On cancellation, handlers are canceled immediately and their messages released.
    /// </param>
    /// <returns>The function's response, <c>{"batchItemFailures":[…]}</c>, which lists the messages to redeliver.</returns>
    /// <exception cref="InvalidSqsEventException">
    /// The input is not an SQS event, or a record has no ID and cannot be reported as failed. All other records have been processed.
    /// </exception>
    /// <exception cref="OperationStoreException">
    /// The status store failed, and no message of the batch was completed. Handlers may have run. AWS Lambda slows down and redelivers the
    /// whole batch.
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
/// The exception that is thrown when a function is invoked with something other than an SQS event, or when a record has no ID. AWS Lambda
/// treats the whole batch as failed.
/// </summary>
public sealed class InvalidSqsEventException : OffloadedPollingException
{
    internal InvalidSqsEventException(string what)
        : base($"The input is not an SQS event: {what}. Invoke the function only through an event source mapping of the kind's "
            + "queue.", null)
    {
    }
}
