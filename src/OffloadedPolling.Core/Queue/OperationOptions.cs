using Microsoft.Extensions.Options;

namespace OffloadedPolling;

/// <summary>Settings of one operation kind, in the configuration section <c>OffloadedPolling:Operations:{kind}</c>.</summary>
public sealed class OperationOptions
{
    // No message outlives SQS's longest retention.
    internal const string LongestWork = "14.00:00:00";

    /// <summary>The SQS queue's URL. A standard queue: FIFO queues are not supported.</summary>
    /// <value>Required with SQS.</value>
    public string QueueUrl { get; set; } = "";

    /// <summary>
    /// The URL of the dead-letter queue that <see cref="QueueUrl"/>'s redrive policy names. A host with <c>AddDeadLetterReader()</c> reads it.
    /// </summary>
    /// <value>Empty unless set: this kind's dead letters are not read here.</value>
    public string DeadLetterQueueUrl { get; set; } = "";

    /// <summary>How many handlers of this kind run at once in this process. The estimate counts with it too.</summary>
    /// <value>1 to 1,000; 10 unless set.</value>
    [SettingRange(1, 1000)]
    public int MaxConcurrency { get; set; } = 10;

    /// <summary>
    /// How long a received message is hidden from other workers. While its handler runs, a worker extends it at half of this; when a worker
    /// dies, its messages come again after this.
    /// </summary>
    /// <value>1 second to 12 hours, which is SQS's limit; 30 seconds unless set.</value>
    [SettingRange("00:00:01", "12:00:00")]
    public TimeSpan VisibilityTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How often the work is tried when its handler throws: the last try ends the operation as <c>Failed</c>. It can only lower the queue's
    /// own <c>maxReceiveCount</c>.
    /// </summary>
    /// <value>1 to 1,000. <see langword="null"/> unless set: as often as the queue delivers a message; without limit, if it has none.</value>
    /// <remarks>A try that a worker's death or a stop of the host interrupts counts too.</remarks>
    [SettingRange(1, 1000)]
    public int? MaxAttempts { get; set; }

    /// <summary>How long the work itself is expected to take: half of all operations take less.</summary>
    /// <value>Over 0 to 14 days; set with <see cref="ExpectedUpper"/> or not at all. Unset, the estimate is unknown.</value>
    [SettingRange("00:00:00.001", LongestWork)]
    public TimeSpan? ExpectedMedian { get; set; }

    /// <summary>How long the work itself is expected to take: nine of ten operations take less.</summary>
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
