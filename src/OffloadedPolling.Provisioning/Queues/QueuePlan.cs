using System.Globalization;
using System.Text.Json.Nodes;
using Amazon.SQS;
using OffloadedPolling.Sqs;

namespace OffloadedPolling.Provisioning;

/// <summary>What is expected of the queues of one kind: the one model that is checked, applied, and written as templates.</summary>
internal sealed class QueuePlan
{
    // SQS's limits.
    private static readonly TimeSpan _shortest = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan _longest = TimeSpan.FromDays(14);

    private readonly Dictionary<string, string> _attributes = [];

    private readonly Dictionary<string, string> _deadLetterAttributes = new()
    {
        [QueueAttributeName.MessageRetentionPeriod] = QueueTimePart.Seconds(_longest),
    };

    private readonly int _maxReceiveCount;

    private readonly string _url;

    private readonly string? _deadLetters;

    public QueuePlan(
        QueueConfiguration queues, string kind, OperationOptions options, OperationQueuesOptions on, TimeSpan retention, string section)
    {
        var (setting, deadLetters) = ($"{section}:Operations:{kind}", options.DeadLetterQueueUrl);
        (Kind, _url, _deadLetters) = (kind, options.QueueUrl, on.DeadLetters && deadLetters.Length > 0 ? deadLetters : null);
        _maxReceiveCount = Math.Max(on.MaxReceiveCount, options.MaxAttempts ?? 0);
        retention = retention < _shortest ? _shortest : retention > _longest ? _longest : retention;
        Add(on.VisibilityTimeout, QueueAttributeName.VisibilityTimeout, options.VisibilityTimeout);
        Add(on.MessageRetention, QueueAttributeName.MessageRetentionPeriod, retention);
        var notWanted = _deadLetters is not null || !on.DeadLetters
            ? Unless(on.DeadLetters)
            : (ProvisioningState.Skipped,
                $"{setting}:DeadLetterQueueUrl is not set: a message that always fails is delivered until it expires.");
        Parts = [
            new QueuePart(queues, $"{kind}:DeadLetterQueue", $"{setting}:DeadLetterQueueUrl", deadLetters, _deadLetterAttributes)
            {
                NotWanted = notWanted,
            },
            new QueuePart(queues, $"{kind}:Queue", $"{setting}:QueueUrl", _url, _attributes),
            new RedrivePart(queues, $"{kind}:RedrivePolicy", _url, deadLetters, _maxReceiveCount) { NotWanted = notWanted },
            new QueueTimePart(queues, $"{kind}:VisibilityTimeout", $"messages are hidden for {options.VisibilityTimeout} or longer", _url,
                (QueueAttributeName.VisibilityTimeout, options.VisibilityTimeout))
            {
                InSyncAbove = options.VisibilityTimeout,
                NotWanted = Unless(on.VisibilityTimeout),
            },
            new QueueTimePart(queues, $"{kind}:MessageRetention", $"messages are kept for {retention}, as long as their documents", _url,
                (QueueAttributeName.MessageRetentionPeriod, retention))
            {
                NotShortened = "A shorter retention deletes older messages, so it is not set. To set it, call "
                    + $"aws sqs set-queue-attributes --queue-url {_url}.",
                NotWanted = Unless(on.MessageRetention),
            },

            // SQS counts from the first send, also in the dead-letter queue.
            new QueueTimePart(queues, $"{kind}:DeadLetterRetention", "dead letters are kept for 14 days, or for longer than messages",
                deadLetters, (QueueAttributeName.MessageRetentionPeriod, _longest)) { InSyncAbove = retention, NotWanted = notWanted },
        ];
    }

    public string Kind { get; }

    public IReadOnlyList<Part> Parts { get; }

    /// <summary>Adds the queues to a template's resources.</summary>
    /// <remarks>https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sqs-queue.html</remarks>
    public void AddTo(JsonObject resources)
    {
        // A logical id contains only letters and digits.
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
            queue["RedrivePolicy"] = RedrivePart.ToJson(arn, _maxReceiveCount);
        }

        resources[$"{id}Queue"] = CloudFormation.Resource("AWS::SQS::Queue", queue);
    }

    /// <summary>Returns what <c>aws sqs create-queue --cli-input-json</c> takes, a member for each queue.</summary>
    public JsonObject ToCli(string? clientRegion)
    {
        var (input, attributes) = (new JsonObject(), new Dictionary<string, string>(_attributes));
        if (_deadLetters is not null)
        {
            var url = new Uri(_deadLetters);
            var region = QueueArn.RegionOf(url.Host) ?? clientRegion;
            var account = url.Segments.Length > 2 ? url.Segments[^2].Trim('/') : "";
            var arn = $"arn:{AwsPartition.Of(region)}:sqs:{region}:{account}:{QueueConfiguration.NameOf(url.AbsolutePath)}";
            attributes[QueueAttributeName.RedrivePolicy] = RedrivePart.ToJson(arn, _maxReceiveCount).ToJsonString();
            input["deadLetterQueue"] = Input(_deadLetters, _deadLetterAttributes);
        }

        input["queue"] = Input(_url, attributes);
        return input;
    }

    private void Add(bool isOn, string attribute, TimeSpan time)
    {
        if (isOn)
        {
            _attributes[attribute] = QueueTimePart.Seconds(time);
        }
    }

    private static (ProvisioningState State, string Reason)? Unless(bool isOn) =>
        isOn ? null : (ProvisioningState.Off, "It is switched off.");

    private static JsonObject Input(string url, Dictionary<string, string> attributes) => new()
    {
        ["QueueName"] = QueueConfiguration.NameOf(url),
        ["Attributes"] = new JsonObject(attributes.Select(each => KeyValuePair.Create(each.Key, (JsonNode?)each.Value))),
    };

    private static JsonObject Properties(string url, Dictionary<string, string> attributes)
    {
        var properties = new JsonObject { ["QueueName"] = QueueConfiguration.NameOf(url) };
        foreach (var (name, seconds) in attributes)
        {
            properties[name] = int.Parse(seconds, CultureInfo.InvariantCulture);
        }

        return properties;
    }
}
