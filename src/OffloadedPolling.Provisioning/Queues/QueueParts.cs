using System.Globalization;
using System.Text.Json.Nodes;
using Amazon.SQS;
using Amazon.SQS.Model;
using OffloadedPolling.Sqs;

namespace OffloadedPolling.Provisioning;

/// <summary>Reads and writes queues.</summary>
internal sealed class QueueConfiguration(SqsConnection sqs)
{
    public string? Region => sqs.Client.Config.RegionEndpoint?.SystemName ?? sqs.Client.Config.AuthenticationRegion;

    /// <summary>Reads one of a queue's attributes; <see langword="null"/> if the queue does not have it or does not exist.</summary>
    public async Task<string?> ReadAsync(string url, QueueAttributeName attribute, CancellationToken cancellationToken)
    {
        try
        {
            var request = new GetQueueAttributesRequest { QueueUrl = url, AttributeNames = [attribute] };
            var call = CallAsync(
                url, "GetQueueAttributes", sqs => sqs.GetQueueAttributesAsync(request, cancellationToken), cancellationToken);
            return (await call.ConfigureAwait(false)).Attributes?.GetValueOrDefault(attribute);
        }
        catch (QueueDoesNotExistException)
        {
            return null;
        }
    }

    /// <returns>The URL of the queue.</returns>
    public async Task<string> CreateAsync(string url, Dictionary<string, string> attributes, CancellationToken cancellationToken)
    {
        var request = new CreateQueueRequest { QueueName = NameOf(url), Attributes = attributes };
        var call = CallAsync(url, "CreateQueue", sqs => sqs.CreateQueueAsync(request, cancellationToken), cancellationToken);
        return (await call.ConfigureAwait(false)).QueueUrl;
    }

    public Task SetAsync(string url, QueueAttributeName attribute, string value, CancellationToken cancellationToken)
    {
        var request = new SetQueueAttributesRequest { QueueUrl = url, Attributes = new() { [attribute] = value } };
        return CallAsync(url, "SetQueueAttributes", sqs => sqs.SetQueueAttributesAsync(request, cancellationToken), cancellationToken);
    }

    public static string NameOf(string url) => url.TrimEnd('/').Split('/')[^1];

    /// <exception cref="PartException">Access is denied.</exception>
    /// <exception cref="OperationQueueException">SQS cannot be reached or refuses.</exception>
    private async Task<T> CallAsync<T>(string url, string action, Func<IAmazonSQS, Task<T>> call, CancellationToken cancellationToken)
    {
        try
        {
            // SQS would look for the queue in the client's region, or create it there.
            return SqsRegions.Mismatch(url, sqs.Client.Config) is var (what, whatToDo)
                ? throw new OperationQueueException($"Could not set up the queue '{url}': {what}. {whatToDo}")
                : await call(sqs.Client).ConfigureAwait(false);
        }
        catch (AmazonSQSException denied) when (denied.ErrorCode is "AccessDenied" or "AccessDeniedException")
        {
            throw new PartException($"Access is denied. Grant sqs:{action}, or switch the part off.", denied);
        }
        catch (Exception failed) when (failed is not QueueDoesNotExistException && AwsFailure.Is(failed, cancellationToken))
        {
            throw SqsErrors.ToQueueException("set up", url, sqs.Client.Config, failed);
        }
    }
}

/// <summary>A queue that exists, or is created with attributes.</summary>
internal sealed class QueuePart(QueueConfiguration queues, string name, string setting, string url, Dictionary<string, string> attributes)
    : Part(name, $"the queue '{url}' exists", url)
{
    public override async Task<Current> ReadAsync(CancellationToken cancellationToken) =>
        new(await queues.ReadAsync(Value, QueueAttributeName.QueueArn, cancellationToken).ConfigureAwait(false) is null ? null : Value);

    public override async Task WriteAsync(string? newValue, CancellationToken cancellationToken)
    {
        var created = await queues.CreateAsync(Value, attributes, cancellationToken).ConfigureAwait(false);

        // Servers name themselves in other ways than settings do; account and name must be the same.
        if (QueueAddress.Of(created)?.Path != QueueAddress.Of(Value)?.Path)
        {
            throw new PartException($"SQS created or found '{created}'. Set {setting} to that, or use credentials of the other account.");
        }
    }
}

/// <summary>A time in seconds among a queue's attributes.</summary>
internal sealed class QueueTimePart(
    QueueConfiguration queues, string name, string expected, string url, (QueueAttributeName Name, TimeSpan Time) attribute)
    : Part(name, expected, Seconds(attribute.Time))
{
    /// <summary>A longer time is in sync too.</summary>
    public TimeSpan? InSyncAbove { get; init; }

    /// <summary>Why a longer time is not shortened.</summary>
    public string? NotShortened { get; init; }

    public override async Task<Current> ReadAsync(CancellationToken cancellationToken)
    {
        var found = await queues.ReadAsync(url, attribute.Name, cancellationToken).ConfigureAwait(false);
        return NotShortened is not null && found is not null && ToTime(found) > attribute.Time
            ? new Current(found, ProvisioningState.Different, NotShortened) { MayBeOverwritten = false }
            : new Current(found);
    }

    public override Task WriteAsync(string? newValue, CancellationToken cancellationToken) =>
        queues.SetAsync(url, attribute.Name, Value, cancellationToken);

    public override bool Matches(string current) => current == Value || ToTime(current) > InSyncAbove;

    public static string Seconds(TimeSpan time) => ((long)Math.Ceiling(time.TotalSeconds)).ToString(CultureInfo.InvariantCulture);

    private static TimeSpan ToTime(string seconds) => TimeSpan.FromSeconds(long.Parse(seconds, CultureInfo.InvariantCulture));
}

/// <summary>The redrive policy that leads to the dead-letter queue.</summary>
internal sealed class RedrivePart(QueueConfiguration queues, string name, string url, string deadLetters, int maxReceiveCount)
    : Part(name, $"after {maxReceiveCount} receives or more, messages move to '{deadLetters}'", deadLetters)
{
    public override async Task<Current> ReadAsync(CancellationToken cancellationToken)
    {
        var found = await queues.ReadAsync(url, QueueAttributeName.RedrivePolicy, cancellationToken).ConfigureAwait(false);
        if (string.IsNullOrEmpty(found))
        {
            return new Current(null);
        }

        // SQS returns the count as a number, or as a string where the policy was set with one.
        var policy = JsonNode.Parse(found)!;
        _ = int.TryParse(policy["maxReceiveCount"]?.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var count);
        return QueueArn.Read(policy["deadLetterTargetArn"]?.ToString())?.IsAt(Value) == true && count >= maxReceiveCount
            ? new Current(found, ProvisioningState.InSync)
            : new Current(found, ProvisioningState.Different,
                $"An existing redrive policy is not overwritten. To replace it, call aws sqs set-queue-attributes --queue-url {url}.")
            {
                MayBeOverwritten = false,
            };
    }

    public override async Task WriteAsync(string? newValue, CancellationToken cancellationToken)
    {
        var arn = await queues.ReadAsync(Value, QueueAttributeName.QueueArn, cancellationToken).ConfigureAwait(false)
            ?? throw new PartException($"The dead-letter queue '{Value}' does not exist.");
        var policy = ToJson(arn, maxReceiveCount).ToJsonString();
        await queues.SetAsync(url, QueueAttributeName.RedrivePolicy, policy, cancellationToken).ConfigureAwait(false);
    }

    public static JsonObject ToJson(JsonNode deadLetterTarget, int maxReceiveCount) =>
        new() { ["deadLetterTargetArn"] = deadLetterTarget, ["maxReceiveCount"] = maxReceiveCount };
}
