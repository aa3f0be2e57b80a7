using Microsoft.Extensions.Options;

namespace OffloadedPolling;

/// <summary>The settings of one operation kind, in the configuration section <c>OffloadedPolling:Operations:{kind}</c>.</summary>
public sealed class OperationOptions
{
    // The longest retention of SQS, which no message outlives.
    internal const string LongestWork = "14.00:00:00";

    /// <summary>Gets or sets the URL of the SQS queue. It must be a standard queue; FIFO queues are not supported.</summary>
    /// <value>Required with SQS.</value>
    public string QueueUrl { get; set; } = "";

    /// <summary>
    /// Gets or sets the URL of the dead-letter queue in the redrive policy of <see cref="QueueUrl"/>. A host with
    /// <c>AddDeadLetterReader()</c> reads it.
    /// </summary>
    /// <value>Empty by default: this host does not read the dead letters of this kind.</value>
    public string DeadLetterQueueUrl { get; set; } = "";

    /// <summary>Gets or sets the maximum number of this kind's handlers that run at once in this process. Estimates use it too.</summary>
    /// <value>1 to 1,000; 10 by default.</value>
    [SettingRange(1, 1000)]
    public int MaxConcurrency { get; set; } = 10;

    /// <summary>
    /// Gets or sets the time for which a received message is hidden from other workers. While the handler runs, the worker extends it each
    /// time half of it has passed. When a worker crashes, its messages are redelivered after this time.
    /// </summary>
    /// <value>1 second to 12 hours, which is the limit of SQS; 30 seconds by default.</value>
    [SettingRange("00:00:01", "12:00:00")]
    public TimeSpan VisibilityTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Gets or sets the maximum number of attempts if the handler throws. After the last attempt, the operation ends as <c>Failed</c>. A
    /// value above the queue's <c>maxReceiveCount</c> has no effect.
    /// </summary>
    /// <value>1 to 1,000. <see langword="null"/> by default: the number of times that the queue delivers a message.</value>
    /// <remarks>An attempt also counts if a crash of the worker or a stop of the host interrupts it.</remarks>
    [SettingRange(1, 1000)]
    public int? MaxAttempts { get; set; }

    /// <summary>Gets or sets the expected median duration of the work: half of all operations take less time.</summary>
    /// <value>
    /// 1 millisecond to 14 days. Set it together with <see cref="ExpectedUpper"/>. <see langword="null"/> by default: the estimate is
    /// unknown until durations are measured.
    /// </value>
    [SettingRange("00:00:00.001", LongestWork)]
    public TimeSpan? ExpectedMedian { get; set; }

    /// <summary>Gets or sets the expected upper bound of the duration: nine of ten operations take less time.</summary>
    /// <value>
    /// <see cref="ExpectedMedian"/> to 14 days; <see langword="null"/> by default. Set it together with <see cref="ExpectedMedian"/>.
    /// </value>
    [SettingRange("00:00:00.001", LongestWork)]
    public TimeSpan? ExpectedUpper { get; set; }
}

[OptionsValidator]
internal sealed partial class OperationOptionsValidator : IValidateOptions<OperationOptions>;

internal sealed class OperationOptionsCustomValidator : IValidateOptions<OperationOptions>
{
    public ValidateOptionsResult Validate(string? name, OperationOptions options) => new[] { WrongWithExpected(options) }.ToResult();

    private static string? WrongWithExpected(OperationOptions options) => options switch
    {
        { ExpectedMedian: null, ExpectedUpper: null } => null,
        { ExpectedMedian: null } => "ExpectedMedian is missing. Set it to the median, or remove ExpectedUpper.",
        { ExpectedUpper: null } => "ExpectedUpper is missing. Set it to the 90 % bound, or remove ExpectedMedian.",
        { ExpectedMedian: { } median, ExpectedUpper: { } upper } when upper < median =>
            $"ExpectedUpper is {upper}, less than ExpectedMedian ({median}). Raise ExpectedUpper, or lower ExpectedMedian.",
        _ => null,
    };
}
