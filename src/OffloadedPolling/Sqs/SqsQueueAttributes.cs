using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Amazon.SQS;
using Amazon.SQS.Model;
using Microsoft.Extensions.Logging;
using OffloadedPolling.WaitTime;

namespace OffloadedPolling.Sqs;

/// <summary>Caches the attributes of each kind's queue for 5 seconds, because a request costs as much as a message.</summary>
internal sealed class SqsQueueAttributes(SqsConnection sqs, TimeProvider time, ILogger<SqsQueueAttributes> logger)
{
    // The counts take about a minute to become consistent.
    // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_GetQueueAttributes.html
    private static readonly TimeSpan _maxAge = TimeSpan.FromSeconds(5);

    // An old depth, plus all messages sent since, could make an empty queue look full.
    private static readonly TimeSpan _depthMaxAge = TimeSpan.FromMinutes(1);

    // SQS applies most changes within a minute. With this cache, they take effect here within two.
    private static readonly TimeSpan _settingsMaxAge = TimeSpan.FromMinutes(1);

    private static readonly List<string> _names = [
        QueueAttributeName.ApproximateNumberOfMessages,
        QueueAttributeName.ApproximateNumberOfMessagesDelayed,
        QueueAttributeName.ApproximateNumberOfMessagesNotVisible,
        QueueAttributeName.RedrivePolicy,
        QueueAttributeName.MessageRetentionPeriod,
        QueueAttributeName.VisibilityTimeout,
        QueueAttributeName.MaximumMessageSize];

    private readonly ConcurrentDictionary<string, KindQueue> _byKind = new(StringComparer.Ordinal);

    /// <summary>
    /// Returns the attributes, or <see langword="null"/> if none were ever read. Waits up to <paramref name="patience"/> for new ones.
    /// </summary>
    public ValueTask<Snapshot?> GetAsync(string kind, TimeSpan patience, CancellationToken cancellationToken) =>
        QueueOf(kind).Attributes.GetAsync(patience, cancellationToken);

    /// <summary>
    /// Returns the depth plus the messages that this process has sent since, because a burst of accepts may end before the next read.
    /// Returns <see langword="null"/> if the depth is older than a minute.
    /// </summary>
    public async ValueTask<QueueDepth?> GetDepthAsync(string kind, TimeSpan patience, CancellationToken cancellationToken) =>
        await GetAsync(kind, patience, cancellationToken).ConfigureAwait(false) is { Depth: { } seen }
        && time.GetElapsedTime(seen.At) <= _depthMaxAge
            ? seen.Depth with { Waiting = seen.Depth.Waiting + (int)(QueueOf(kind).Sent - seen.SentBefore) }
            : null;

    /// <summary>Counts a sent message.</summary>
    public void CountSent(string kind) => QueueOf(kind).CountSent();

    /// <summary>
    /// Returns the settings of the queue, or <see langword="null"/> if they were never read. Waits only if there are none yet. Settings
    /// older than a minute are read again in the background.
    /// </summary>
    public async ValueTask<Snapshot?> GetSettingsAsync(string kind, TimeSpan patience, CancellationToken cancellationToken)
    {
        var value = QueueOf(kind).Attributes;
        if (value.Last is not { } known)
        {
            return await value.GetAsync(patience, cancellationToken).ConfigureAwait(false);
        }

        if (time.GetElapsedTime(known.ReadAt) >= _settingsMaxAge)
        {
            _ = value.FetchIfDue();
        }

        return known;
    }

    /// <summary>Reads the attributes now and updates the cache.</summary>
    public async Task<Snapshot> RefreshAsync(string kind, CancellationToken cancellationToken)
    {
        var queue = QueueOf(kind);
        var read = await queue.ReadAsync(cancellationToken).ConfigureAwait(false);
        queue.Attributes.Set(read);
        return read;
    }

    private KindQueue QueueOf(string kind) => _byKind.GetOrAdd(kind, static (kind, self) => self.NewQueue(kind), this);
    private KindQueue NewQueue(string kind) => new(kind, sqs, time, logger);

    // From the dictionary, because the typed properties return 0 for an absent attribute, which is unknown.
    internal static Snapshot Read(Dictionary<string, string>? attributes, Snapshot? before, long sentBefore = 0, long readAt = 0)
    {
        var depth = Number(QueueAttributeName.ApproximateNumberOfMessages) is { } visible
            && Number(QueueAttributeName.ApproximateNumberOfMessagesNotVisible) is { } inFlight
            ? new SeenDepth(new QueueDepth(
                visible + (Number(QueueAttributeName.ApproximateNumberOfMessagesDelayed) ?? 0), inFlight), sentBefore, readAt)
            : before?.Depth;
        return new Snapshot(
            depth,
            Redrive("maxReceiveCount") is { } count
            && int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out var receives) ? receives : null,
            Time(QueueAttributeName.MessageRetentionPeriod),
            Time(QueueAttributeName.VisibilityTimeout),
            Redrive("deadLetterTargetArn"),
            Number(QueueAttributeName.MaximumMessageSize),
            readAt);

        string? Redrive(string name) => RedriveMember(attributes?.GetValueOrDefault(QueueAttributeName.RedrivePolicy), name);

        TimeSpan? Time(string name) => Number(name) is { } seconds ? TimeSpan.FromSeconds(seconds) : null;

        int? Number(string name) =>
            int.TryParse(
                attributes?.GetValueOrDefault(name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
    }

    // SQS returns the count as a number, or as a string if the policy was set with one.
    private static string? RedriveMember(string? redrivePolicy, string name)
    {
        if (string.IsNullOrEmpty(redrivePolicy))
        {
            return null;
        }

        try
        {
            using var policy = JsonDocument.Parse(redrivePolicy);
            return policy.RootElement.ValueKind == JsonValueKind.Object && policy.RootElement.TryGetProperty(name, out var member)
                ? member.ToString()
                : null;
        }
        catch (JsonException)
        {
            // What cannot be read is unknown.
            return null;
        }
    }

    /// <summary>The queue of one kind, with its cached attributes and the number of messages that this process has sent to it.</summary>
    private sealed class KindQueue
    {
        private readonly string _kind;
        private readonly SqsConnection _sqs;
        private readonly TimeProvider _time;
        private long _sent;

        public KindQueue(string kind, SqsConnection sqs, TimeProvider time, ILogger logger)
        {
            (_kind, _sqs, _time) = (kind, sqs, time);
            Attributes = new(ReadAsync, _maxAge, time, failed => Log.QueueAttributesUnknown(logger, kind, failed));
        }

        public RefreshedValue<Snapshot> Attributes { get; }
        public long Sent => Volatile.Read(ref _sent);

        public void CountSent() => Interlocked.Increment(ref _sent);

        public async Task<Snapshot> ReadAsync(CancellationToken cancellationToken)
        {
            var (sentBefore, readAt) = (Sent, _time.GetTimestamp());
            var request = new GetQueueAttributesRequest { QueueUrl = _sqs.QueueUrl(_kind), AttributeNames = _names };
            var response = await _sqs.RequestAsync(
                "read the attributes of", request.QueueUrl, () => _sqs.Client.GetQueueAttributesAsync(request, cancellationToken),
                cancellationToken).ConfigureAwait(false);
            return Read(response.Attributes, Attributes.Last, sentBefore, readAt);
        }
    }

    /// <summary>The attributes of a queue. Attributes that SQS did not return are <see langword="null"/>.</summary>
    /// <param name="Depth">The last depth that was returned.</param>
    /// <param name="MaxReceiveCount">The maximum number of deliveries of a message.</param>
    /// <param name="Retention">The time for which messages are kept.</param>
    /// <param name="VisibilityTimeout">The default time for which a received message is hidden.</param>
    /// <param name="DeadLetterTarget">The ARN of the dead-letter queue.</param>
    /// <param name="MaxMessageBytes">The maximum size of a message.</param>
    /// <param name="ReadAt">The <see cref="TimeProvider.GetTimestamp"/> before the request.</param>
    internal sealed record Snapshot(
        SeenDepth? Depth, int? MaxReceiveCount, TimeSpan? Retention, TimeSpan? VisibilityTimeout = null, string? DeadLetterTarget = null,
        int? MaxMessageBytes = null, long ReadAt = 0)
    {
        /// <summary>Returns a mismatch with the settings of a queue that can still be used, or <see langword="null"/>.</summary>
        public string? WrongWith(string queueUrl, OperationOptions options)
        {
            var deadLetters = options.DeadLetterQueueUrl;
            return this switch
            {
                { DeadLetterTarget: null } when deadLetters.Length > 0 =>
                    $"The queue '{queueUrl}' has no redrive policy, so no message moves to the dead-letter queue '{deadLetters}'. Add "
                    + "a redrive policy, or remove DeadLetterQueueUrl.",
                { DeadLetterTarget: { } target } when deadLetters.Length > 0 && QueueArn.Parse(target)?.IsAt(deadLetters) == false =>
                    $"The redrive policy of the queue '{queueUrl}' names '{target}', but DeadLetterQueueUrl is '{deadLetters}'. Correct "
                    + "the one that is wrong. Otherwise, operations whose messages are dead-lettered stay Running.",
                { MaxReceiveCount: { } receives } when options.MaxAttempts > receives => string.Create(
                    CultureInfo.InvariantCulture,
                    $"MaxAttempts is {options.MaxAttempts}, but the queue '{queueUrl}' delivers a message only {receives} times. Lower "
                    + $"MaxAttempts, or raise maxReceiveCount in the redrive policy."),
                _ => null,
            };
        }
    }

    /// <param name="Depth">The number of messages.</param>
    /// <param name="SentBefore">The number of messages that this process had sent before the request.</param>
    /// <param name="At">The <see cref="TimeProvider.GetTimestamp"/> before the request.</param>
    internal sealed record SeenDepth(QueueDepth Depth, long SentBefore, long At);
}
