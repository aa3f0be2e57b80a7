using System.Text.Json.Nodes;
using Amazon.SQS;
using OffloadedPolling.Queue;

namespace OffloadedPolling.Provisioning;

/// <summary>What is expected of the queues of one kind: the one model that is checked, applied, and written as templates.</summary>
internal sealed class QueuePlan
{
    // SQS's limits.
    private static readonly TimeSpan _shortest = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan _longest = TimeSpan.FromDays(14);

    private readonly OperationOptions _options;

    private readonly OperationQueuesOptions _switches;

    private readonly TimeSpan _retention;

    public QueuePlan(QueueConfiguration queues, string kind, OperationOptions options, OperationQueuesOptions switches, (TimeSpan Retention, string Setting) polling)
    {
        (Kind, _options, _switches) = (kind, options, switches);
        _retention = polling.Retention < _shortest ? _shortest : polling.Retention > _longest ? _longest : polling.Retention;
        var (url, deadLetters, setting) = (options.QueueUrl, options.DeadLetterQueueUrl, $"{polling.Setting}:Operations:{kind}");
        var noDeadLetters = !switches.DeadLetters ? Off
            : deadLetters.Length > 0 ? null
            : ((ProvisioningState, string)?)(ProvisioningState.Skipped,
                $"{setting}:DeadLetterQueueUrl is not set. Without a dead-letter queue, a message that always fails is delivered until it expires.");
        Parts = [
            new QueuePart(queues, $"{kind}:DeadLetterQueue", $"{setting}:DeadLetterQueueUrl", deadLetters, DeadLetterAttributes()) { NotWanted = noDeadLetters },
            new QueuePart(queues, $"{kind}:Queue", $"{setting}:QueueUrl", url, Attributes()),
            new RedrivePart(queues, $"{kind}:RedrivePolicy", url, deadLetters, MaxReceiveCount) { NotWanted = noDeadLetters },
            new QueueTimePart(queues, $"{kind}:VisibilityTimeout", $"messages are hidden for at least {options.VisibilityTimeout}", url,
                (QueueAttributeName.VisibilityTimeout, options.VisibilityTimeout))
            {
                InSyncAbove = options.VisibilityTimeout,
                NotWanted = switches.VisibilityTimeout ? null : Off,
            },
            new QueueTimePart(queues, $"{kind}:MessageRetention", $"messages are kept for {_retention}, as long as their documents", url,
                (QueueAttributeName.MessageRetentionPeriod, _retention))
            {
                NotShortened = $"A shorter retention deletes older messages, so it is not set. To set it, call aws sqs set-queue-attributes --queue-url {url}.",
                NotWanted = switches.MessageRetention ? null : Off,
            },

            // SQS counts from the first send, also in the dead-letter queue.
            new QueueTimePart(queues, $"{kind}:DeadLetterRetention", $"dead letters are kept for longer than messages, best for {_longest.Days} days", deadLetters,
                (QueueAttributeName.MessageRetentionPeriod, _longest)) { InSyncAbove = _retention, NotWanted = noDeadLetters },
        ];
    }

    public string Kind { get; }

    public IReadOnlyList<Part> Parts { get; }

    private static (ProvisioningState State, string Reason)? Off => (ProvisioningState.Off, "It is switched off.");

    private bool HasDeadLetters => _switches.DeadLetters && _options.DeadLetterQueueUrl.Length > 0;

    private int MaxReceiveCount => Math.Max(_switches.MaxReceiveCount, _options.MaxAttempts ?? 0);

    /// <summary>Adds the queues to a template's resources.</summary>
    /// <remarks>https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sqs-queue.html</remarks>
    public void AddTo(JsonObject resources)
    {
        // A logical id contains only letters and digits.
        var id = string.Concat(Kind.Split('-', '_').Select(word => $"{char.ToUpperInvariant(word.FirstOrDefault('X'))}{word[Math.Min(1, word.Length)..]}"));
        while (resources.ContainsKey($"{id}Queue"))
        {
            id += "X";
        }

        var queue = Properties(_options.QueueUrl, Attributes());
        if (HasDeadLetters)
        {
            var deadLetters = $"{id}DeadLetterQueue";
            resources[deadLetters] = CloudFormation.Resource("AWS::SQS::Queue", Properties(_options.DeadLetterQueueUrl, DeadLetterAttributes()));
            queue["RedrivePolicy"] = new JsonObject
            {
                ["deadLetterTargetArn"] = new JsonObject { ["Fn::GetAtt"] = new JsonArray(deadLetters, "Arn") },
                ["maxReceiveCount"] = MaxReceiveCount,
            };
        }

        resources[$"{id}Queue"] = CloudFormation.Resource("AWS::SQS::Queue", queue);
    }

    /// <summary>Returns what <c>aws sqs create-queue --cli-input-json</c> takes, a member for each queue.</summary>
    public JsonObject ToCli(string? clientRegion)
    {
        var (input, attributes) = (new JsonObject(), Attributes());
        if (HasDeadLetters)
        {
            var url = new Uri(_options.DeadLetterQueueUrl);
            var region = QueueArn.RegionOf(url.Host) ?? clientRegion;
            var account = url.Segments.Length > 2 ? url.Segments[^2].Trim('/') : "";
            attributes[QueueAttributeName.RedrivePolicy] =
                RedrivePart.ToText($"arn:{AwsPartition.Of(region)}:sqs:{region}:{account}:{QueueConfiguration.NameOf(url.AbsolutePath)}", MaxReceiveCount);
            input["deadLetterQueue"] = Input(_options.DeadLetterQueueUrl, DeadLetterAttributes());
        }

        input["queue"] = Input(_options.QueueUrl, attributes);
        return input;
    }

    private Dictionary<string, string> Attributes()
    {
        var attributes = new Dictionary<string, string>();
        if (_switches.VisibilityTimeout)
        {
            attributes[QueueAttributeName.VisibilityTimeout] = QueueTimePart.Seconds(_options.VisibilityTimeout);
        }

        if (_switches.MessageRetention)
        {
            attributes[QueueAttributeName.MessageRetentionPeriod] = QueueTimePart.Seconds(_retention);
        }

        return attributes;
    }

    private static Dictionary<string, string> DeadLetterAttributes() => new() { [QueueAttributeName.MessageRetentionPeriod] = QueueTimePart.Seconds(_longest) };

    private static JsonObject Input(string url, Dictionary<string, string> attributes) =>
        new() { ["QueueName"] = QueueConfiguration.NameOf(url), ["Attributes"] = new JsonObject(attributes.Select(each => KeyValuePair.Create(each.Key, (JsonNode?)each.Value))) };

    private static JsonObject Properties(string url, Dictionary<string, string> attributes) =>
        new([KeyValuePair.Create("QueueName", (JsonNode?)QueueConfiguration.NameOf(url)),
            .. attributes.Select(each => KeyValuePair.Create(each.Key, (JsonNode?)int.Parse(each.Value, System.Globalization.CultureInfo.InvariantCulture)))]);
}
