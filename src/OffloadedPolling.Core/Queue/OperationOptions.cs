using Microsoft.Extensions.Options;

namespace OffloadedPolling;

/// <summary>The settings of one operation kind, in the configuration section <c>OffloadedPolling:Operations:{kind}</c>.</summary>
public sealed class OperationOptions
{
    // The longest retention of SQS, which no message outlives.
    internal const string LongestWork = "14.00:00:00";

    /// <summary>Gets or sets the URL of the SQS queue, a standard queue. FIFO queues are not supported.</summary>
    /// <value>Required with SQS.</value>
    public string QueueUrl { get; set; } = "";

    /// <summary>
    /// Gets or sets the URL of the dead-letter queue in the redrive policy of <see cref="QueueUrl"/>. A host with
    /// <c>AddDeadLetterReader()</c> reads it.
    /// </summary>
    /// <value>Empty by default: this host does not read the dead letters of this kind.</value>
    public string DeadLetterQueueUrl { get; set; } = "";

    /// <summary>Gets or sets how many handlers of this kind run at the same time in this process. The estimate uses it too.</summary>
    /// <value>1 to 1,000; 10 by default.</value>
    [SettingRange(1, 1000)]
    public int MaxConcurrency { get; set; } = 10;

    /// <summary>
    /// Gets or sets how long a received message is hidden from other workers. While its handler runs, the worker extends it when half of
    /// this time has passed. When a worker dies, its messages are redelivered after this time.
    /// </summary>
    /// <value>1 second to 12 hours, which is the limit of SQS; 30 seconds by default.</value>
    [SettingRange("00:00:01", "12:00:00")]
    public TimeSpan VisibilityTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Gets or sets the maximum number of attempts if the handler throws. The last attempt ends the operation as <c>Failed</c>. It can only
    /// lower the <c>maxReceiveCount</c> of the queue.
    /// </summary>
    /// <value>1 to 1,000. <see langword="null"/> by default: as often as the queue delivers a message.</value>
    /// <remarks>An attempt that the death of a worker or a stop of the host interrupts counts too.</remarks>
    [SettingRange(1, 1000)]
    public int? MaxAttempts { get; set; }

    /// <summary>Gets or sets the expected duration of the work: half of all operations take less.</summary>
    /// <value>
    /// 1 millisecond to 14 days. Set it together with <see cref="ExpectedUpper"/>. <see langword="null"/> by default: the estimate is
    /// unknown until durations are measured.
    /// </value>
    [SettingRange("00:00:00.001", LongestWork)]
    public TimeSpan? ExpectedMedian { get; set; }

    /// <summary>Gets or sets the upper bound of the expected duration: nine of ten operations take less.</summary>
    /// <value><see cref="ExpectedMedian"/> to 14 days.</value>
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
            $"ExpectedUpper is {upper}. Set it to between {median} and {OperationOptions.LongestWork}.",
        _ => null,
    };
}
