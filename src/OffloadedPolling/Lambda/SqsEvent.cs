using System.Text.Json;
using OffloadedPolling.Queue;
using OffloadedPolling.Sqs;

namespace OffloadedPolling.Lambda;

/// <summary>What AWS Lambda hands to a function whose event source is an SQS queue: a batch of messages.</summary>
internal sealed record SqsEvent(IReadOnlyList<EventRecord> Records)
{
    private const int MostNames = 8;

    /// <exception cref="InvalidSqsEventException">It is something else.</exception>
    public static async Task<SqsEvent> ReadAsync(Stream stream, CancellationToken cancellationToken)
    {
        try
        {
            using var json = await JsonDocument.ParseAsync(stream, default, cancellationToken).ConfigureAwait(false);
            return new SqsEvent(Read(json.RootElement.Clone()));
        }
        catch (JsonException malformed)
        {
            // Without the inner exception, which may quote a message.
            throw new InvalidSqsEventException($"it is no JSON (line {malformed.LineNumber}, byte {malformed.BytePositionInLine})");
        }
    }

    private static IReadOnlyList<EventRecord> Read(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            throw new InvalidSqsEventException($"it is no object but {root.ValueKind}");
        }

        return root.TryGetProperty(nameof(Records), out var records) && records.ValueKind == JsonValueKind.Array
            ? [.. records.EnumerateArray().Select(record => new EventRecord(record))]
            : throw new InvalidSqsEventException($"it has no list 'Records', but {NamesIn(root)}");
    }

    // Names alone: values may be payloads or credentials.
    private static string NamesIn(JsonElement root)
    {
        var names = root.EnumerateObject()
            .Take(MostNames).Select(member => $"'{(member.Name.Length <= 32 ? member.Name : member.Name[..32] + "…")}'").ToList();
        return names.Count == 0 ? "nothing" : string.Join(", ", names);
    }
}

/// <summary>One record of an event: a message, or what claims to be one.</summary>
/// <remarks>https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html shows an event.</remarks>
internal sealed class EventRecord(JsonElement json)
{
    public string? MessageId { get; } = Text(json, "messageId");
    public string? Source { get; } = Text(json, "eventSource") ?? Text(json, "EventSource");
    public string? SourceArn { get; } = Text(json, "eventSourceARN");
    public bool IsFromSqs => Source == "aws:sqs";

    /// <summary>What it lacks that a message has, or has but unreadable; <see langword="null"/> if nothing.</summary>
    public string? Missing => this switch
    {
        { MessageId: null or "" } => "messageId",
        _ when Text(json, "receiptHandle") is null => "receiptHandle",
        _ when Text(json, "body") is null => "body",
        // It decides whose an operation is: a guess could run one twice.
        { ReceiveCount: null } => "attributes.ApproximateReceiveCount",
        // A message that names its document unreadably must not act on any.
        { StatusCreatedAt: null } when HasAttribute(MessageAttributes.StatusCreatedAt) =>
            $"messageAttributes.{MessageAttributes.StatusCreatedAt}",
        _ => null,
    };

    private int? ReceiveCount => SqsReceived.ReadReceiveCount(Text(Member(json, "attributes"), "ApproximateReceiveCount"));
    private DateTimeOffset? StatusCreatedAt => StatusCreatedAtText.Read(MessageAttribute(MessageAttributes.StatusCreatedAt));

    /// <summary>The message that it is, where nothing is missing.</summary>
    /// <param name="maxReceiveCount">How often the queue delivers it; <see langword="null"/> if that is unknown.</param>
    /// <param name="receivedAt">When it arrived here.</param>
    /// <param name="hiddenFor">How long it is surely hidden from other receivers.</param>
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
            // Half of a surrogate pair can be written in JSON but is not text. One such record must not fail the batch.
            return null;
        }
    }
}
