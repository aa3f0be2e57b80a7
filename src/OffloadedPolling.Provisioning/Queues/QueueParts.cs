using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Amazon.SQS;
using Amazon.SQS.Model;
using OffloadedPolling.Sqs;

namespace OffloadedPolling.Provisioning;

/// <summary>Reads and writes queues.</summary>
internal sealed class QueueConfiguration(SqsConnection sqs)
{
    public static string NameOf(string url) => url.TrimEnd('/').Split('/')[^1];

    /// <summary>Returns the ARN of a queue, which may not exist.</summary>
    public string ArnOf(string url)
    {
        var (config, address) = (sqs.Client.Config, new Uri(url));
        var region = QueueArn.RegionOf(address.Host) ?? config.RegionEndpoint?.SystemName ?? config.AuthenticationRegion;
        var account = address.Segments.Length > 2 ? address.Segments[^2].Trim('/') : "";
        return $"arn:{AwsPartition.NameOf(region)}:sqs:{region}:{account}:{NameOf(address.AbsolutePath)}";
    }

    /// <summary>Reads an attribute of a queue. Returns <see langword="null"/> if the queue or the attribute does not exist.</summary>
    public async Task<string?> ReadAsync(string url, QueueAttributeName attribute, CancellationToken cancellationToken)
    {
        try
        {
            var get = new GetQueueAttributesRequest { QueueUrl = url, AttributeNames = [attribute] };
            var call = CallAsync(url, "GetQueueAttributes", sqs => sqs.GetQueueAttributesAsync(get, cancellationToken), cancellationToken);
            return (await call.ConfigureAwait(false)).Attributes?.GetValueOrDefault(attribute);
        }
        catch (OperationQueueException missing) when (missing.InnerException is QueueDoesNotExistException)
        {
            return null;
        }
    }

    public Task SetAsync(string url, QueueAttributeName attribute, string value, CancellationToken cancellationToken)
    {
        var set = new SetQueueAttributesRequest { QueueUrl = url, Attributes = new() { [attribute] = value } };
        return CallAsync(url, "SetQueueAttributes", sqs => sqs.SetQueueAttributesAsync(set, cancellationToken), cancellationToken);
    }

    /// <exception cref="PartException">Access is denied.</exception>
    /// <exception cref="OperationQueueException">SQS cannot be reached, or returns an error.</exception>
    public async Task<T> CallAsync<T>(string url, string action, Func<IAmazonSQS, Task<T>> call, CancellationToken cancellationToken)
        where T : class
    {
        try
        {
            // SQS would use or create a queue in the client's region.
            return SqsRegions.Mismatch(url, sqs.Client.Config) is var (what, whatToDo)
                ? throw new OperationQueueException($"Could not set up the queue '{url}': {what}. {whatToDo}")
                : await sqs.RequestAsync("set up", url, () => call(sqs.Client), cancellationToken).ConfigureAwait(false);
        }
        catch (OperationQueueException denied)
            when (denied.InnerException is AmazonSQSException { ErrorCode: "AccessDenied" or "AccessDeniedException" })
        {
            throw new PartException($"Access is denied. Grant sqs:{action}, or switch the part off.", denied);
        }
    }
}

/// <summary>The part for the existence of a queue, which is created with attributes if it is missing.</summary>
internal sealed record QueuePart(
    QueueConfiguration Queues, string Name, string Setting, string QueueUrl, Dictionary<string, int> Attributes)
    : Part(Name, $"the queue '{QueueUrl}' exists", QueueUrl)
{
    public override async Task<Finding> ReadAsync(CancellationToken cancellationToken) =>
        Found(await Queues.ReadAsync(Value, QueueAttributeName.QueueArn, cancellationToken).ConfigureAwait(false) is null ? null : Value);

    public override async Task WriteAsync(string? newValue, CancellationToken cancellationToken)
    {
        if (newValue is null)
        {
            throw new PartException($"The queue '{Value}' is not deleted, because it may contain messages.");
        }

        var texts = Attributes.ToDictionary(each => each.Key, each => $"{each.Value}");
        var create = new CreateQueueRequest { QueueName = QueueConfiguration.NameOf(Value), Attributes = texts };
        var call = Queues.CallAsync(Value, "CreateQueue", sqs => sqs.CreateQueueAsync(create, cancellationToken), cancellationToken);
        var created = (await call.ConfigureAwait(false)).QueueUrl;

        // Servers may return another host name than the settings. Account and name must be equal.
        if (QueueAddress.Parse(created)?.Path != QueueAddress.Parse(Value)?.Path)
        {
            throw new PartException(
                $"SQS created or found the queue '{created}', but {Setting} is '{Value}'. Set {Setting} to '{created}', or use credentials "
                + $"of the account that owns '{Value}'.");
        }
    }
}

/// <summary>An attribute of a queue that is a time in seconds.</summary>
internal sealed record QueueTimePart(
    QueueConfiguration Queues, string Name, string Expected, string QueueUrl, QueueAttributeName Attribute, int Time)
    : Part(Name, Expected, $"{Time}")
{
    /// <summary>Gets the time above which every value is in sync.</summary>
    public int InSyncAbove { get; init; } = int.MaxValue;

    /// <summary>Gets the reason why a longer time is not shortened.</summary>
    public string? NotShortened { get; init; }

    public override async Task<Finding> ReadAsync(CancellationToken cancellationToken)
    {
        var found = Found(await Queues.ReadAsync(QueueUrl, Attribute, cancellationToken).ConfigureAwait(false));
        return NotShortened is not null && found.Value is { } current && ToNumber(current) > Time
            ? found with { Reason = NotShortened, MayBeOverwritten = false }
            : found;
    }

    public override Task WriteAsync(string? newValue, CancellationToken cancellationToken) => newValue is null
        ? throw new PartException($"The attribute {Attribute} of a queue cannot be removed.")
        : Queues.SetAsync(QueueUrl, Attribute, newValue, cancellationToken);

    public override bool Matches(string current) => current == Value || ToNumber(current) > InSyncAbove;

    private static int ToNumber(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}

/// <summary>The redrive policy that leads to the dead-letter queue.</summary>
internal sealed record RedrivePart(QueueConfiguration Queues, string Name, string QueueUrl, string DeadLetters, int MaxReceiveCount)
    : Part(Name, $"after {MaxReceiveCount} receives or more, messages move to '{DeadLetters}'", DeadLetters)
{
    public static JsonObject ToPolicy(JsonNode deadLetterTarget, int maxReceiveCount) =>
        new() { ["deadLetterTargetArn"] = deadLetterTarget, ["maxReceiveCount"] = maxReceiveCount };

    public override async Task<Finding> ReadAsync(CancellationToken cancellationToken)
    {
        var policy = await Queues.ReadAsync(QueueUrl, QueueAttributeName.RedrivePolicy, cancellationToken).ConfigureAwait(false);
        var found = Found(string.IsNullOrEmpty(policy) ? null : policy);
        var replace = "An existing redrive policy is not overwritten. To replace it, run "
            + $"aws sqs set-queue-attributes --queue-url {QueueUrl} --attributes file://attributes.json. "
            + "OperationQueues.ToJson() returns the RedrivePolicy for that file.";
        return found.State == ProvisioningState.Different ? found with { Reason = replace, MayBeOverwritten = false } : found;
    }

    public override async Task WriteAsync(string? newValue, CancellationToken cancellationToken)
    {
        // SQS removes the policy if the text is empty.
        var policy = newValue == Value ? await NewPolicyAsync(cancellationToken).ConfigureAwait(false) : newValue ?? "";
        await Queues.SetAsync(QueueUrl, QueueAttributeName.RedrivePolicy, policy, cancellationToken).ConfigureAwait(false);
    }

    // SQS returns the count as a number, or as a string if the policy was set with one.
    public override bool Matches(string current) => Parse(current) is JsonObject policy
        && QueueArn.Parse(policy["deadLetterTargetArn"]?.ToString())?.IsAt(Value) == true
        && int.TryParse(policy["maxReceiveCount"]?.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var count)
        && count >= MaxReceiveCount;

    private async Task<string> NewPolicyAsync(CancellationToken cancellationToken)
    {
        var arn = await Queues.ReadAsync(Value, QueueAttributeName.QueueArn, cancellationToken).ConfigureAwait(false)
            ?? throw new PartException($"The dead-letter queue '{Value}' does not exist.");
        return ToPolicy(arn, MaxReceiveCount).ToJsonString();
    }

    private JsonNode? Parse(string policy)
    {
        try
        {
            return JsonNode.Parse(policy);
        }
        catch (JsonException unreadable)
        {
            throw new PartException($"The redrive policy of '{QueueUrl}' is not JSON: {unreadable.Message}", unreadable);
        }
    }
}
