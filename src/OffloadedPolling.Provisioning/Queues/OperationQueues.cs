using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace OffloadedPolling.Provisioning;

/// <summary>
/// Checks and sets up the SQS queues of the operation kinds. <c>AddProvisioning()</c> registers it. It does nothing until you call it.
/// </summary>
/// <remarks>Other attributes of a queue, its policy and its tags stay unchanged.</remarks>
public sealed class OperationQueues
{
    private const string Resource = "the queues";

    private readonly Func<IEnumerable<QueuePlan>> _plans;
    private readonly ILogger<OperationQueues> _logger;

    internal OperationQueues(Func<IEnumerable<QueuePlan>> plans, ILogger<OperationQueues> logger) => (_plans, _logger) = (plans, logger);

    /// <summary>Reports what differs from the recommended setup. Changes nothing.</summary>
    /// <param name="cancellationToken">The token to monitor for cancellation requests.</param>
    /// <returns>The report. The names of its parts begin with the operation kind: <c>orders:RedrivePolicy</c>.</returns>
    /// <exception cref="OperationQueueException">SQS cannot be reached, or returns an error.</exception>
    public async Task<ProvisioningReport> CheckAsync(CancellationToken cancellationToken = default)
    {
        var run = new ProvisioningRun([.. _plans().SelectMany(plan => plan.Parts)]);
        await run.RunAsync(apply: false, cancellationToken).ConfigureAwait(false);
        return new ProvisioningReport(Resource, run.Results);
    }

    /// <summary>
    /// Creates what is missing, and extends times that are too short. Existing redrive policies are never overwritten, and retentions
    /// are never shortened. Both are only reported.
    /// </summary>
    /// <param name="cancellationToken">The token to monitor for cancellation requests. On cancellation, applied changes stay.</param>
    /// <returns>The report. Parts that were applied, failed or differ are also logged (events 501 to 505).</returns>
    /// <exception cref="OperationQueueException">SQS cannot be reached, or returns an error.</exception>
    public async Task<ProvisioningReport> ApplyAsync(CancellationToken cancellationToken = default)
    {
        var run = new ProvisioningRun([.. _plans().SelectMany(plan => plan.Parts)]);
        try
        {
            await run.RunAsync(apply: true, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Log.Parts(_logger, Resource, run.Results);
        }

        return new ProvisioningReport(Resource, run.Results);
    }

    /// <summary>Returns a CloudFormation template, in JSON, with the queues. They are kept when the stack is deleted.</summary>
    /// <returns>The template. The same settings give the same text.</returns>
    public string ToCloudFormation()
    {
        var (resources, plans) = (new JsonObject(), _plans().ToList());
        plans.ForEach(plan => plan.AddTo(resources));
        return CloudFormation.ToText(
            CloudFormation.Template("The queues for operations.", resources, plans.SelectMany(plan => plan.Parts)));
    }

    /// <summary>
    /// Returns the input of the AWS CLI's <c>aws sqs create-queue --cli-input-json</c> as one JSON object. For each operation kind, it
    /// contains a <c>deadLetterQueue</c>, which must be created first, and a <c>queue</c>.
    /// </summary>
    /// <returns>The input. The same settings give the same text.</returns>
    public string ToJson()
    {
        var inputs = _plans().Select(plan => KeyValuePair.Create(plan.Kind, (JsonNode?)plan.ToCli()));
        return CloudFormation.ToText(new JsonObject(inputs));
    }
}

/// <summary>
/// Settings of the setup of the queues, in the configuration section <c>OffloadedPolling:Queues</c>. Every switch is
/// <see langword="true"/> by default.
/// </summary>
public sealed class OperationQueuesOptions
{
    /// <summary>Gets or sets a value that indicates whether the dead-letter queues and the redrive policies are set up.</summary>
    public bool DeadLetters { get; set; } = true;

    /// <summary>
    /// Gets or sets the number of times that a queue delivers a message before the message moves to the dead-letter queue.
    /// </summary>
    /// <value>1 to 1,000; 5 by default. A larger <see cref="OperationOptions.MaxAttempts"/> takes precedence.</value>
    [SettingRange(1, 1000)]
    public int MaxReceiveCount { get; set; } = 5;

    /// <summary>
    /// Gets or sets a value that indicates whether a queue hides messages for at least <see cref="OperationOptions.VisibilityTimeout"/>.
    /// </summary>
    public bool VisibilityTimeout { get; set; } = true;

    /// <summary>
    /// Gets or sets a value that indicates whether a queue keeps messages for <see cref="OffloadedPollingOptions.Retention"/>, from 1
    /// minute to 14 days, which are the limits of SQS.
    /// </summary>
    public bool MessageRetention { get; set; } = true;
}

[OptionsValidator]
internal sealed partial class OperationQueuesOptionsValidator : IValidateOptions<OperationQueuesOptions>;
