using System.Text.Json;
using OffloadedPolling.Queue;
using OffloadedPolling.Sqs;

namespace OffloadedPolling.Lambda;

/// <summary>The batch of messages that AWS Lambda passes to a function whose event source is an SQS queue.</summary>
internal sealed record SqsEvent(IReadOnlyList<EventRecord> Records)
{
    private const int MostNames = 8;

    /// <exception cref="InvalidSqsEventException">The input is not an SQS event.</exception>
    public static async Task<SqsEvent> ReadAsync(Stream stream, CancellationToken cancellationToken)
    {
        try
        {
            using var json = await JsonDocument.ParseAsync(stream, default, cancellationToken).ConfigureAwait(false);
            return new SqsEvent(Read(json.RootElement.Clone()));
        }
        catch (JsonException malformed)
        {
            // The inner exception is left out because it may quote a message.
            throw new InvalidSqsEventException($"it is not JSON (line {malformed.LineNumber}, byte {malformed.BytePositionInLine})");
        }
    }

    private static IReadOnlyList<EventRecord> Read(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            throw new InvalidSqsEventException($"it is a JSON {root.ValueKind}, not an object");
        }

        return root.TryGetProperty(nameof(Records), out var records) && records.ValueKind == JsonValueKind.Array
            ? [.. records.EnumerateArray().Select(record => new EventRecord(record))]
            : throw new InvalidSqsEventException($"it has no 'Records' array. Its members are: {NamesIn(root)}");
    }

    // Only names, because values may be payloads or credentials.
    private static string NamesIn(JsonElement root)
    {
        var names = root.EnumerateObject().Take(MostNames).Select(member => $"'{Shorten(member.Name)}'").ToList();
        return names.Count == 0 ? "none" : string.Join(", ", names);
    }

    private static string Shorten(string name) => name.Length <= 32 ? name : $"{name[..32]}…";
}

/// <summary>One record of an event, which may be an incomplete message.</summary>
/// <remarks>https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html shows an event.</remarks>
internal sealed class EventRecord(JsonElement json)
{
    public string? MessageId { get; } = Text(json, "messageId");
    public string? Source { get; } = Text(json, "eventSource") ?? Text(json, "EventSource");
    public string? SourceArn { get; } = Text(json, "eventSourceARN");
    public bool IsFromSqs => Source == "aws:sqs";

    /// <summary>Gets the first member that is missing or unreadable; <see langword="null"/> if the message is complete.</summary>
    public string? Missing => this switch
    {
        { MessageId: null or "" } => "messageId",
        _ when Text(json, "receiptHandle") is null => "receiptHandle",
        _ when Text(json, "body") is null => "body",
        // The count decides which worker owns an operation. A guess could run it twice.
        { ReceiveCount: null } => "attributes.ApproximateReceiveCount",
        // A message whose document cannot be identified must not change any document.
        { StatusCreatedAt: null } when HasAttribute(MessageAttributes.StatusCreatedAt) =>
            $"messageAttributes.{MessageAttributes.StatusCreatedAt}",
        _ => null,
    };

    private int? ReceiveCount => SqsReceived.ReadReceiveCount(Text(Member(json, "attributes"), "ApproximateReceiveCount"));
    private DateTimeOffset? StatusCreatedAt => StatusCreatedAtText.Read(MessageAttribute(MessageAttributes.StatusCreatedAt));

    /// <summary>Converts a complete record to a message.</summary>
    /// <param name="maxReceiveCount">The maximum number of receives, or <see langword="null"/> if unknown.</param>
    /// <param name="receivedAt">The timestamp of its arrival.</param>
    /// <param name="hiddenFor">The time for which it is certainly hidden from other receivers.</param>
    public ReceivedMessage ToMessage(int? maxReceiveCount, long receivedAt, TimeSpan hiddenFor) => new()
    {
        Id = MessageId!,
        ReceiptHandle = Text(json, "receiptHandle")!,
        Body = Text(json, "body")!,
        StatusKey = MessageAttribute(MessageAttributes.StatusKey),
        StatusCreatedAt = StatusCreatedAt,
        TraceParent = MessageAttribute(MessageAttributes.TraceParent),
        ReceiveCount = ReceiveCount!.Value,
        MaxReceiveCount = maxReceiveCount,
        ReceivedAt = receivedAt,
        HiddenFor = hiddenFor,
    };

    private bool HasAttribute(string name) =>
        Member(Member(json, "messageAttributes"), name).ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null);

    private string? MessageAttribute(string name) => Text(Member(Member(json, "messageAttributes"), name), "stringValue");

    private static JsonElement Member(JsonElement from, string name) =>
        from.ValueKind == JsonValueKind.Object && from.TryGetProperty(name, out var member) ? member : default;

    private static string? Text(JsonElement from, string name)
    {
        try
        {
            return Member(from, name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            // JSON can contain half of a surrogate pair, which is not text. One such record must not fail the batch.
            return null;
        }
    }
}
