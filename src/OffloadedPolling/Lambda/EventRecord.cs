using OffloadedPolling.Sqs;
using System.Text.Json;
using OffloadedPolling.Queue;

namespace OffloadedPolling.Lambda;

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

    private static string? Text(JsonElement from, string name) =>
        Member(from, name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;
}
