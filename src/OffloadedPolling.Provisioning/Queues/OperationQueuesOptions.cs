using Microsoft.Extensions.Options;

namespace OffloadedPolling.Provisioning;

/// <summary>Settings of the queues' set-up, in the configuration section <c>OffloadedPolling:Queues</c>.</summary>
public sealed class OperationQueuesOptions
{
    /// <summary>Gets or sets a value that indicates whether the dead-letter queues and the redrive policies are set up.</summary>
    /// <value><see langword="true"/> by default.</value>
    public bool DeadLetters { get; set; } = true;

    /// <summary>Gets or sets how often a queue delivers a message before it moves to the dead-letter queue.</summary>
    /// <value>1 to 1,000; 5 by default. A larger <see cref="OperationOptions.MaxAttempts"/> wins.</value>
    [SettingRange(1, 1000)]
    public int MaxReceiveCount { get; set; } = 5;

    /// <summary>
    /// Gets or sets a value that indicates whether a queue hides messages for at least <see cref="OperationOptions.VisibilityTimeout"/>.
    /// </summary>
    /// <value><see langword="true"/> by default.</value>
    public bool VisibilityTimeout { get; set; } = true;

    /// <summary>
    /// Gets or sets a value that indicates whether a queue keeps messages for as long as documents stay
    /// (<see cref="OffloadedPollingOptions.Retention"/>).
    /// </summary>
    /// <value><see langword="true"/> by default.</value>
    public bool MessageRetention { get; set; } = true;
}

[OptionsValidator]
internal sealed partial class OperationQueuesOptionsValidator : IValidateOptions<OperationQueuesOptions>;
