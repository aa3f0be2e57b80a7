using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Amazon.SQS;
using Amazon.SQS.Model;
using Microsoft.Extensions.Logging;
using OffloadedPolling.WaitTime;

namespace OffloadedPolling.Sqs;

/// <summary>What SQS says of each kind's queue, asked for at most once in five seconds: a request costs as much as a message.</summary>
internal sealed class SqsQueueAttributes(SqsConnection sqs, TimeProvider time, ILogger<SqsQueueAttributes> logger)
{
    // The counts themselves take about a minute to settle.
    // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_GetQueueAttributes.html
    private static readonly TimeSpan _maxAge = TimeSpan.FromSeconds(5);

    // An old depth, and all that was sent since, would make a full queue of an empty one.
    private static readonly TimeSpan _depthMaxAge = TimeSpan.FromMinutes(1);

    // Somebody who changes a queue sees it counted within two minutes.
    private static readonly TimeSpan _settingsMaxAge = TimeSpan.FromMinutes(1);

    private static readonly List<string> _names = [
        QueueAttributeName.ApproximateNumberOfMessages,
        QueueAttributeName.ApproximateNumberOfMessagesDelayed,
        QueueAttributeName.ApproximateNumberOfMessagesNotVisible,
        QueueAttributeName.RedrivePolicy,
        QueueAttributeName.MessageRetentionPeriod,
        QueueAttributeName.VisibilityTimeout,
        QueueAttributeName.MaximumMessageSize];

    private readonly ConcurrentDictionary<string, RefreshedValue<Snapshot>> _byKind = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, long> _sent = new(StringComparer.Ordinal);

    /// <summary>
    /// What is known, after waiting for newer for at most <paramref name="patience"/>; <see langword="null"/> if nothing ever was.
    /// </summary>
    public ValueTask<Snapshot?> GetAsync(string kind, TimeSpan patience, CancellationToken cancellationToken) =>
        ValueOf(kind).GetAsync(patience, cancellationToken);

    /// <summary>
    /// The depth, with what this process has sent since it was asked for: a burst of accepts is over before the queue is asked again.
    /// <see langword="null"/> if the queue has not told it for a minute.
    /// </summary>
    public async ValueTask<QueueDepth?> GetDepthAsync(string kind, TimeSpan patience, CancellationToken cancellationToken) =>
        await GetAsync(kind, patience, cancellationToken).ConfigureAwait(false) is { Depth: { } seen }
        && time.GetElapsedTime(seen.At) <= _depthMaxAge
            ? seen.Depth with { Waiting = seen.Depth.Waiting + (int)(SentOf(kind) - seen.SentBefore) }
            : null;

    /// <summary>Counts a message that was sent.</summary>
    public void CountSent(string kind) => _sent.AddOrUpdate(kind, 1, static (_, sent) => sent + 1);

    /// <summary>
    /// The queue's settings: what is known, without waiting once anything is; <see langword="null"/> if nothing ever was. What is older
    /// than a minute is read again in the background.
    /// </summary>
    public async ValueTask<Snapshot?> GetSettingsAsync(string kind, TimeSpan patience, CancellationToken cancellationToken)
    {
        var value = ValueOf(kind);
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

    /// <summary>Asks SQS now, past the cache, and keeps the answer.</summary>
    public async Task<Snapshot> RefreshAsync(string kind, CancellationToken cancellationToken)
    {
        var value = ValueOf(kind);
        var read = await ReadAsync(kind, value.Last, cancellationToken).ConfigureAwait(false);
        value.Set(read);
        return read;
    }

    private long SentOf(string kind) => _sent.GetValueOrDefault(kind);
    private RefreshedValue<Snapshot> ValueOf(string kind) => _byKind.GetOrAdd(kind, static (kind, self) => self.Create(kind), this);

    private RefreshedValue<Snapshot> Create(string kind)
    {
        RefreshedValue<Snapshot>? value = null;
        value = new RefreshedValue<Snapshot>(
            cancellationToken => ReadAsync(kind, value!.Last, cancellationToken),
            _maxAge,
            time,
            failed => Log.QueueAttributesUnknown(logger, kind, failed));
        return value;
    }

    private async Task<Snapshot> ReadAsync(string kind, Snapshot? before, CancellationToken cancellationToken)
    {
        var (sentBefore, readAt) = (SentOf(kind), time.GetTimestamp());
        var request = new GetQueueAttributesRequest { QueueUrl = sqs.QueueUrl(kind), AttributeNames = _names };
        var response = await sqs.RequestAsync(
            "read the attributes of", request.QueueUrl, () => sqs.Client.GetQueueAttributesAsync(request, cancellationToken),
            cancellationToken).ConfigureAwait(false);
        return Read(response.Attributes, before, sentBefore, readAt);
    }

    // From the dictionary: the typed properties turn an absent attribute into 0, and unknown is not 0.
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

    // SQS gives the count as a number, or as a string where the policy was set with one.
    private static string? RedriveMember(string? redrivePolicy, string name)
    {
        if (string.IsNullOrEmpty(redrivePolicy))
        {
            return null;
        }

        using var policy = JsonDocument.Parse(redrivePolicy);
        return policy.RootElement.TryGetProperty(name, out var member) ? member.ToString() : null;
    }

    /// <summary>A queue's attributes. What the queue did not return is <see langword="null"/>.</summary>
    /// <param name="Depth">The last depth that was returned.</param>
    /// <param name="MaxReceiveCount">How often a message is delivered.</param>
    /// <param name="Retention">How long a message is kept.</param>
    /// <param name="VisibilityTimeout">How long a message is hidden if its receiver does not say.</param>
    /// <param name="DeadLetterTarget">The dead-letter queue's ARN.</param>
    /// <param name="MaxMessageBytes">The maximum size of a message.</param>
    /// <param name="ReadAt">The <see cref="TimeProvider.GetTimestamp"/> before the request.</param>
    internal sealed record Snapshot(
        SeenDepth? Depth, int? MaxReceiveCount, TimeSpan? Retention, TimeSpan? VisibilityTimeout = null, string? DeadLetterTarget = null,
        int? MaxMessageBytes = null, long ReadAt = 0)
    {
        /// <summary>Returns what does not fit the settings although the queue can be used, or <see langword="null"/>.</summary>
        public string? WrongWith(string queueUrl, OperationOptions options)
        {
            var deadLetters = options.DeadLetterQueueUrl;
            return this switch
            {
                { DeadLetterTarget: null } when deadLetters.Length > 0 =>
                    $"The queue '{queueUrl}' has no redrive policy, so nothing ever comes to the dead-letter queue '{deadLetters}'. Give "
                    + "it one, or take DeadLetterQueueUrl out.",
                { DeadLetterTarget: { } target } when deadLetters.Length > 0 && QueueArn.Parse(target)?.IsAt(deadLetters) == false =>
                    $"The redrive policy of the queue '{queueUrl}' names '{target}', and DeadLetterQueueUrl is '{deadLetters}'. Correct "
                    + "the one that is wrong: operations that are given up would stay Running.",
                { MaxReceiveCount: { } receives } when options.MaxAttempts > receives => string.Create(
                    CultureInfo.InvariantCulture,
                    $"MaxAttempts is {options.MaxAttempts}, and the queue '{queueUrl}' delivers a message {receives} times. Lower "
                    + $"MaxAttempts, or raise the redrive policy's maxReceiveCount."),
                _ => null,
            };
        }
    }

    /// <param name="Depth">The number of messages.</param>
    /// <param name="SentBefore">The number of messages that this process had sent before the request.</param>
    /// <param name="At">The <see cref="TimeProvider.GetTimestamp"/> before the request.</param>
    internal sealed record SeenDepth(QueueDepth Depth, long SentBefore, long At);
}
