using System.Globalization;
using Amazon.SQS;
using Amazon.SQS.Internal;
using Amazon.SQS.Model;
using OffloadedPolling.Queue;

namespace OffloadedPolling.Sqs;

/// <summary>Reads the messages of a receive.</summary>
internal static class SqsReceived
{
    /// <summary>Reads a receive count: 1 or more; <see langword="null"/> for anything else.</summary>
    public static int? ReadReceiveCount(string? text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count > 0 ? count : null;

    /// <summary>Whether a message is the one that SQS sent, by its checksums.</summary>
    public static bool IsIntact(Message message) =>
        ValidationResponseHandler.CompareMD5(message.Body, message.MD5OfBody)
        && (message.MessageAttributes is not { Count: > 0 } attributes || string.IsNullOrEmpty(message.MD5OfMessageAttributes)
            || ValidationResponseHandler.CompareMD5(attributes, message.MD5OfMessageAttributes));

    /// <summary>What a message lacks, or has but unreadable; <see langword="null"/> if nothing.</summary>
    public static string? Missing(Message message) => message switch
    {
        // It decides who owns an operation: a guess could run one twice.
        _ when ReceiveCountOf(message) is null => MessageSystemAttributeName.ApproximateReceiveCount,
        // A message that names its document unreadably must not act on any.
        _ when Attribute(message, MessageAttributes.StatusCreatedAt) is not null && StatusCreatedAtOf(message) is null =>
            MessageAttributes.StatusCreatedAt,
        _ => null,
    };

    /// <summary>The message as a worker receives it, where nothing is missing.</summary>
    public static ReceivedMessage Read(Message message, int? maxReceiveCount, long receivedAt, TimeSpan hiddenFor) => new()
    {
        Id = message.MessageId,
        ReceiptHandle = message.ReceiptHandle,
        Body = message.Body,
        StatusKey = Attribute(message, MessageAttributes.StatusKey)?.StringValue,
        StatusCreatedAt = StatusCreatedAtOf(message),
        TraceParent = Attribute(message, MessageAttributes.TraceParent)?.StringValue,
        ReceiveCount = ReceiveCountOf(message)!.Value,
        MaxReceiveCount = maxReceiveCount,
        ReceivedAt = receivedAt,
        HiddenFor = hiddenFor,
    };

    private static int? ReceiveCountOf(Message message) =>
        ReadReceiveCount(message.Attributes?.GetValueOrDefault(MessageSystemAttributeName.ApproximateReceiveCount));

    private static DateTimeOffset? StatusCreatedAtOf(Message message) =>
        StatusCreatedAtText.Read(Attribute(message, MessageAttributes.StatusCreatedAt)?.StringValue);

    private static MessageAttributeValue? Attribute(Message message, string name) => message.MessageAttributes?.GetValueOrDefault(name);
}
