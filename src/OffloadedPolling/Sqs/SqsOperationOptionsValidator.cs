using Microsoft.Extensions.Options;
using OffloadedPolling.Accepting;

namespace OffloadedPolling.Sqs;

/// <summary>Validates the settings of a kind for SQS.</summary>
internal sealed class SqsOperationOptionsValidator : IValidateOptions<OperationOptions>
{
    private const string Example = "https://sqs.eu-west-1.amazonaws.com/123456789012/orders";

    public ValidateOptionsResult Validate(string? name, OperationOptions options) => new[]
    {
        WrongWith(nameof(options.QueueUrl), options.QueueUrl),
        options.DeadLetterQueueUrl is null or "" ? null : WrongWith(nameof(options.DeadLetterQueueUrl), options.DeadLetterQueueUrl),
    }.ToResult();

    private static string? WrongWith(string key, string? queueUrl) => queueUrl switch
    {
        null or "" => $"{key} is missing. Set it to the URL of this kind's SQS queue, such as {Example}.",
        _ when !Uri.TryCreate(queueUrl, UriKind.Absolute, out var url) || url.Scheme is not ("https" or "http") =>
            $"{key} is '{queueUrl}', which is not a queue URL. Set it to one such as {Example}.",
        _ when queueUrl.TrimEnd('/').EndsWith(".fifo", StringComparison.Ordinal) =>
            $"{key} is '{queueUrl}', a FIFO queue. FIFO queues reject messages without a message group, and operations have none. "
            + "Use a standard queue.",
        _ => null,
    };
}

/// <summary>
/// Rejects settings that name one queue twice. Messages would be received for the wrong kind, or as dead letters while they wait.
/// </summary>
internal sealed class SqsQueueConflictsValidator(
    SettingsSection settings, OperationKinds kinds, IOptionsMonitor<OperationOptions> operationOptions)
    : IValidateOptions<OffloadedPollingOptions>
{
    public ValidateOptionsResult Validate(string? name, OffloadedPollingOptions options) =>
        kinds.All.Select(kind => kind.Name).Distinct(StringComparer.Ordinal).SelectMany(UsesOf)
            .GroupBy(use => QueueAddress.Parse(use.QueueUrl))
            .Where(uses => uses.Key is not null && uses.Count() > 1)
            .Select(uses => Describe([.. uses]))
            .ToResult();

    private IEnumerable<Use> UsesOf(string kind)
    {
        try
        {
            var options = operationOptions.Get(kind);
            return [
                new Use(settings.NameOf("Operations", kind, "QueueUrl"), options.QueueUrl, IsForDeadLetters: false),
                new Use(settings.NameOf("Operations", kind, "DeadLetterQueueUrl"), options.DeadLetterQueueUrl, IsForDeadLetters: true)];
        }
        catch (OptionsValidationException)
        {
            // The kind's own validators report the errors.
            return [];
        }
    }

    private static string Describe(IReadOnlyList<Use> uses)
    {
        var named = uses.Select(use => $"{use.Setting} ('{use.QueueUrl}')").ToList();
        var (why, whatToDo) = uses.Count(use => use.IsForDeadLetters) switch
        {
            0 => ("Workers of one kind would receive the messages of another.", "Give each kind its own queue."),
            var deadLetters when deadLetters == uses.Count =>
                ("The dead letters of one kind would be processed as those of another.", "Give each kind its own dead-letter queue."),
            _ => ("Waiting messages would be read as dead letters, and their operations would fail.",
                "Set DeadLetterQueueUrl to the queue that the redrive policy of the kind's queue names."),
        };
        return $"{string.Join(", ", named.SkipLast(1))} and {named[^1]} are the same queue. {why} {whatToDo}";
    }

    private sealed record Use(string Setting, string QueueUrl, bool IsForDeadLetters);
}
