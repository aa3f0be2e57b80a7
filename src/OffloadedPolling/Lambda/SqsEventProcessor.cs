using System.Text.Json;
using OffloadedPolling.Lambda;

namespace OffloadedPolling;

/// <summary>
/// Does the work of messages that AWS Lambda hands to a function: for each, what a worker does that receives it from the queue, or, for
/// those of a dead-letter queue, what a dead-letter reader does. <c>WithSqsEvents()</c> registers it.
/// </summary>
/// <remarks>
/// The event source mapping has to have <c>FunctionResponseTypes: [ReportBatchItemFailures]</c>. Without it AWS Lambda deletes messages that
/// failed: their operations would never end.
/// <para>Thread-safe. As everywhere, handlers run at least once, and may overlap.</para>
/// </remarks>
public sealed class SqsEventProcessor
{
    // What is left for ends to be written, and for the answer to be given, when handlers are told to stop.
    private static readonly TimeSpan _toEnd = TimeSpan.FromSeconds(5);

    private readonly BatchProcessor _batches;

    private readonly TimeProvider _time;

    internal SqsEventProcessor(BatchProcessor batches, TimeProvider time) => (_batches, _time) = (batches, time);

    /// <summary>Processes an event, its messages side by side, each kind's up to its <see cref="OperationOptions.MaxConcurrency"/> at once.</summary>
    /// <param name="sqsEvent">The event as AWS Lambda gives it.</param>
    /// <param name="timeLeft">
    /// The time until AWS Lambda ends the invocation: <c>ILambdaContext.RemainingTime</c>, or the function's <c>Timeout</c>. Five seconds
    /// before (half-way, if it is under ten), handlers that still run are canceled, and their messages given back.
    /// </param>
    /// <param name="cancel">Cancels the handlers at once, and gives their messages back.</param>
    /// <returns>The function's answer, <c>{"batchItemFailures":[…]}</c>: the messages that are to be delivered again.</returns>
    /// <exception cref="InvalidSqsEventException">
    /// It is no event of a queue, or has a record without an id, which cannot be answered for by itself. All others are done by then.
    /// </exception>
    /// <exception cref="OperationStoreException">
    /// The status store failed before any message was done. AWS Lambda then slows down, and delivers the whole batch again.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="timeLeft"/> is not over 0.</exception>
    public async Task<Stream> ProcessAsync(Stream sqsEvent, TimeSpan timeLeft, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(sqsEvent);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(timeLeft, TimeSpan.Zero);
        var toEnd = timeLeft < _toEnd * 2 ? timeLeft / 2 : _toEnd;
        using var stopAtEnd = new CancellationTokenSource(timeLeft - toEnd, _time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(stopAtEnd.Token, cancel);
        using var abandon = new CancellationTokenSource(timeLeft - (toEnd / 2), _time);
        using var answer = new CancellationTokenSource(timeLeft - (toEnd / 4), _time);

        using var batch = await SqsEvent.ReadAsync(sqsEvent, cancel).ConfigureAwait(false);
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
