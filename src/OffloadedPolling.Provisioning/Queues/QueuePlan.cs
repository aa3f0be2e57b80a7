using System.Text.Json.Nodes;
using Amazon.SQS;
using static OffloadedPolling.Provisioning.Finding;

namespace OffloadedPolling.Provisioning;

/// <summary>The expected configuration of the queues of one kind, which is checked, applied and exported as templates.</summary>
internal sealed class QueuePlan
{
    // SQS's limits: one minute and 14 days.
    private const int MinRetention = 60;
    private const int MaxRetention = 14 * 24 * 60 * 60;

    private readonly QueueConfiguration _queues;
    private readonly string _url;
    private readonly Dictionary<string, int> _attributes = [];
    private readonly string? _deadLetters;
    private readonly Dictionary<string, int> _deadLetterAttributes = new() { [QueueAttributeName.MessageRetentionPeriod] = MaxRetention };
    private readonly int _maxReceiveCount;

    public QueuePlan(
        QueueConfiguration queues, string kind, OperationOptions options, OperationQueuesOptions on, TimeSpan retention, string section)
    {
        var (setting, deadLetters) = ($"{section}:Operations:{kind}", options.DeadLetterQueueUrl);
        (Kind, _queues, _url) = (kind, queues, options.QueueUrl);
        _deadLetters = on.DeadLetters && deadLetters.Length > 0 ? deadLetters : null;
        _maxReceiveCount = Math.Max(on.MaxReceiveCount, options.MaxAttempts ?? 0);
        var hidden = (int)Math.Ceiling(options.VisibilityTimeout.TotalSeconds);
        var kept = (int)Math.Ceiling(Math.Clamp(retention.TotalSeconds, MinRetention, MaxRetention));
        if (on.VisibilityTimeout)
        {
            _attributes[QueueAttributeName.VisibilityTimeout] = hidden;
        }

        if (on.MessageRetention)
        {
            _attributes[QueueAttributeName.MessageRetentionPeriod] = kept;
        }

        var off = OffUnless(on.DeadLetters) ?? (deadLetters.Length > 0 ? null : new(ProvisioningState.Skipped, Reason:
            $"{setting}:DeadLetterQueueUrl is not set. A message that always fails is redelivered until it expires."));
        Parts = [
            new QueuePart(queues, $"{kind}:DeadLetterQueue", $"{setting}:DeadLetterQueueUrl", deadLetters, _deadLetterAttributes)
            {
                NotWanted = off,
            },
            new QueuePart(queues, $"{kind}:Queue", $"{setting}:QueueUrl", _url, _attributes),
            new RedrivePart(queues, $"{kind}:RedrivePolicy", _url, deadLetters, _maxReceiveCount) { NotWanted = off },
            new QueueTimePart(queues, $"{kind}:VisibilityTimeout", $"messages are hidden for {options.VisibilityTimeout} or longer",
                _url, QueueAttributeName.VisibilityTimeout, hidden)
            {
                InSyncAbove = hidden,
                NotWanted = OffUnless(on.VisibilityTimeout),
            },
            new QueueTimePart(queues, $"{kind}:MessageRetention",
                $"messages are kept for {TimeSpan.FromSeconds(kept)}", _url, QueueAttributeName.MessageRetentionPeriod, kept)
            {
                NotShortened = "A shorter retention deletes older messages, so it is not set. To set it, run "
                    + $"aws sqs set-queue-attributes --queue-url {_url} --attributes MessageRetentionPeriod={kept}.",
                NotWanted = OffUnless(on.MessageRetention),
            },

            // SQS counts the retention from the first send, even in the dead-letter queue.
            new QueueTimePart(queues, $"{kind}:DeadLetterRetention", "dead letters are kept for 14 days, or for longer than messages",
                deadLetters, QueueAttributeName.MessageRetentionPeriod, MaxRetention) { InSyncAbove = kept, NotWanted = off },
        ];
    }

    public string Kind { get; }
    public IReadOnlyList<Part> Parts { get; }

    /// <summary>Adds the queues to a template's resources.</summary>
    /// <remarks>https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sqs-queue.html</remarks>
    public void AddTo(JsonObject resources)
    {
        // A logical ID contains only letters and digits.
        var id = string.Concat(Kind.Split('-', '_').Select(word => word.Length == 0 ? "X" : char.ToUpperInvariant(word[0]) + word[1..]));
        while (resources.ContainsKey($"{id}Queue"))
        {
            id += "X";
        }

        var queue = Properties(_url, _attributes);
        if (_deadLetters is not null)
        {
            resources[$"{id}DeadLetterQueue"] = CloudFormation.Resource("AWS::SQS::Queue", Properties(_deadLetters, _deadLetterAttributes));
            var arn = new JsonObject { ["Fn::GetAtt"] = new JsonArray($"{id}DeadLetterQueue", "Arn") };
            queue["RedrivePolicy"] = RedrivePart.ToPolicy(arn, _maxReceiveCount);
        }

        resources[$"{id}Queue"] = CloudFormation.Resource("AWS::SQS::Queue", queue);
    }

    /// <summary>Returns the input of <c>aws sqs create-queue --cli-input-json</c>, with one member for each queue.</summary>
    public JsonObject ToCli()
    {
        var (input, queue) = (new JsonObject(), Input(_url, _attributes));
        if (_deadLetters is not null)
        {
            input["deadLetterQueue"] = Input(_deadLetters, _deadLetterAttributes);
            queue["Attributes"]![QueueAttributeName.RedrivePolicy] =
                RedrivePart.ToPolicy(_queues.ArnOf(_deadLetters), _maxReceiveCount).ToJsonString();
        }

        input["queue"] = queue;
        return input;
    }

    private static JsonObject Input(string url, Dictionary<string, int> attributes) => new()
    {
        ["QueueName"] = QueueConfiguration.NameOf(url),
        ["Attributes"] = new JsonObject(attributes.Select(each => KeyValuePair.Create(each.Key, (JsonNode?)$"{each.Value}"))),
    };

    private static JsonObject Properties(string url, Dictionary<string, int> attributes) => new(attributes
        .Select(each => KeyValuePair.Create(each.Key, (JsonNode?)each.Value)).Prepend(new("QueueName", QueueConfiguration.NameOf(url))));
}
