using System.Globalization;
using System.Text.Json.Nodes;
using Amazon.SQS;
using Amazon.SQS.Model;
using OffloadedPolling.Queue;

namespace OffloadedPolling.Provisioning;

/// <summary>Reads and writes queues.</summary>
internal sealed class QueueConfiguration(SqsConnection sqs)
{
    public string? Region => sqs.Client.Config.RegionEndpoint?.SystemName ?? sqs.Client.Config.AuthenticationRegion;

    /// <summary>Reads a queue's attributes; <see langword="null"/> if it does not exist.</summary>
    public async Task<Dictionary<string, string>?> ReadAsync(string url, CancellationToken cancellationToken)
    {
        try
        {
            var response = await CallAsync(url, nameof(sqs.Client.GetQueueAttributesAsync),
                client => client.GetQueueAttributesAsync(url, [QueueAttributeName.All], cancellationToken), cancellationToken).ConfigureAwait(false);
            return response.Attributes ?? [];
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
        return (await CallAsync(url, nameof(sqs.Client.CreateQueueAsync),
            client => client.CreateQueueAsync(request, cancellationToken), cancellationToken).ConfigureAwait(false)).QueueUrl;
    }

    public Task SetAsync(string url, string attribute, string value, CancellationToken cancellationToken) => CallAsync(
        url, nameof(sqs.Client.SetQueueAttributesAsync),
        client => client.SetQueueAttributesAsync(url, new() { [attribute] = value }, cancellationToken), cancellationToken);

    public static string NameOf(string url) => url.TrimEnd('/').Split('/')[^1];

    /// <exception cref="PartException">Access is denied.</exception>
    /// <exception cref="OperationQueueException">SQS cannot be reached or refuses.</exception>
    private async Task<T> CallAsync<T>(string url, string method, Func<IAmazonSQS, Task<T>> call, CancellationToken cancellationToken)
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
            throw new PartException($"Access is denied. Grant sqs:{method.Replace("Async", "", StringComparison.Ordinal)}, or switch the part off.", denied);
        }
        catch (Exception failed) when (failed is not QueueDoesNotExistException && AwsFailure.Is(failed, cancellationToken))
        {
            throw SqsErrors.ToQueueException("set up", url, sqs.Client.Config, failed);
        }
    }
}

/// <summary>A queue that exists.</summary>
/// <param name="queues">The queues.</param>
/// <param name="name">The part's name.</param>
/// <param name="setting">The setting that has the URL.</param>
/// <param name="url">The queue's URL.</param>
/// <param name="attributes">What a new queue is created with.</param>
internal sealed class QueuePart(QueueConfiguration queues, string name, string setting, string url, Dictionary<string, string> attributes)
    : Part(name, $"the queue '{url}' exists", url)
{
    public override bool IsNamed => false;

    public override async Task<Current> ReadAsync(CancellationToken cancellationToken) =>
        new(await queues.ReadAsync(Value, cancellationToken).ConfigureAwait(false) is null ? null : Value);

    public override async Task WriteAsync(string? newValue, CancellationToken cancellationToken)
    {
        var created = await queues.CreateAsync(Value, attributes, cancellationToken).ConfigureAwait(false);

        // Servers name themselves in other ways than settings do; account and name must be the same.
        if (QueueAddress.Of(created)?.Path != QueueAddress.Of(Value)?.Path)
        {
            throw new PartException($"SQS created or found '{created}'. Set {setting} to that, or use credentials of the account in '{Value}'.");
        }
    }
}

/// <summary>A time in seconds among a queue's attributes.</summary>
internal sealed class QueueTimePart(QueueConfiguration queues, string name, string expected, string url, (string Name, TimeSpan Value) attribute)
    : Part(name, expected, Seconds(attribute.Value))
{
    /// <summary>A longer time is in sync too.</summary>
    public TimeSpan? InSyncAbove { get; init; }

    /// <summary>Why a longer time is not shortened.</summary>
    public string? NotShortened { get; init; }

    public override bool IsNamed => false;

    public override async Task<Current> ReadAsync(CancellationToken cancellationToken)
    {
        var found = (await queues.ReadAsync(url, cancellationToken).ConfigureAwait(false))?.GetValueOrDefault(attribute.Name);
        return NotShortened is not null && found is not null && ToTime(found) > attribute.Value
            ? new Current(found, NotShortened) { MayBeWritten = false }
            : new Current(found);
    }

    public override Task WriteAsync(string? newValue, CancellationToken cancellationToken) => queues.SetAsync(url, attribute.Name, newValue!, cancellationToken);

    public override bool Matches(string current) => base.Matches(current) || ToTime(current) > InSyncAbove;

    public static string Seconds(TimeSpan time) => ((long)Math.Ceiling(time.TotalSeconds)).ToString(CultureInfo.InvariantCulture);

    private static TimeSpan ToTime(string seconds) => TimeSpan.FromSeconds(long.Parse(seconds, CultureInfo.InvariantCulture));
}

/// <summary>The redrive policy that leads to the dead-letter queue.</summary>
internal sealed class RedrivePart(QueueConfiguration queues, string name, string url, string deadLetters, int maxReceiveCount)
    : Part(name, $"after {maxReceiveCount} receives or more, messages move to '{deadLetters}'", $"maxReceiveCount {maxReceiveCount}")
{
    public override bool IsNamed => false;

    public override async Task<Current> ReadAsync(CancellationToken cancellationToken)
    {
        var found = (await queues.ReadAsync(url, cancellationToken).ConfigureAwait(false))?.GetValueOrDefault(QueueAttributeName.RedrivePolicy);
        if (string.IsNullOrEmpty(found))
        {
            return new Current(null);
        }

        // SQS returns the count as a number, or as a string where the policy was set with one.
        var policy = JsonNode.Parse(found)!;
        var isSame = QueueArn.Read(policy["deadLetterTargetArn"]?.ToString())?.IsAt(deadLetters) == true
            && int.TryParse(policy["maxReceiveCount"]?.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            && count >= maxReceiveCount;
        return isSame
            ? new Current(found) { State = ProvisioningState.InSync }
            : new Current(found, $"An existing redrive policy is not overwritten. To replace it, call aws sqs set-queue-attributes --queue-url {url}.")
            {
                State = ProvisioningState.Different,
                MayBeWritten = false,
            };
    }

    public override async Task WriteAsync(string? newValue, CancellationToken cancellationToken)
    {
        var attributes = await queues.ReadAsync(deadLetters, cancellationToken).ConfigureAwait(false);
        var arn = attributes?.GetValueOrDefault(QueueAttributeName.QueueArn) ?? throw new PartException($"The dead-letter queue '{deadLetters}' does not exist.");
        await queues.SetAsync(url, QueueAttributeName.RedrivePolicy, ToText(arn, maxReceiveCount), cancellationToken).ConfigureAwait(false);
    }

    public static string ToText(string arn, int maxReceiveCount) =>
        new JsonObject { ["deadLetterTargetArn"] = arn, ["maxReceiveCount"] = maxReceiveCount }.ToJsonString();
}
