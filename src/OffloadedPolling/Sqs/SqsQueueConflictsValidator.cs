using Microsoft.Extensions.Options;
using OffloadedPolling.Accepting;

namespace OffloadedPolling.Sqs;

/// <summary>
/// Refuses settings that name one queue twice: a message would be received for the wrong kind, or as a dead letter while it waits.
/// </summary>
internal sealed class SqsQueueConflictsValidator(
    SettingsSection settings, OperationKinds kinds, IOptionsMonitor<OperationOptions> operationOptions)
    : IValidateOptions<OffloadedPollingOptions>
{
    public ValidateOptionsResult Validate(string? name, OffloadedPollingOptions options) =>
        kinds.All.Select(kind => kind.Name).Distinct(StringComparer.Ordinal).SelectMany(UsesOf)
            .GroupBy(use => QueueAddress.Of(use.QueueUrl))
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
            // The kind's own validators report what is wrong with them.
            return [];
        }
    }

    private static string Describe(IReadOnlyList<Use> uses)
    {
        var named = uses.Select(use => $"{use.Setting} ('{use.QueueUrl}')").ToList();
        var (why, whatToDo) = uses.Count(use => use.IsForDeadLetters) switch
        {
            0 => ("Workers of one kind would receive the messages of another.", "Give each kind a queue of its own."),
            var deadLetters when deadLetters == uses.Count =>
                ("The dead letters of one kind would be handled as another's.", "Give each kind a dead-letter queue of its own."),
            _ => ("Messages that wait would be read as dead letters, and their operations would fail.",
                "Set DeadLetterQueueUrl to the queue that the redrive policy of the kind's queue names."),
        };
        return $"{string.Join(", ", named.SkipLast(1))} and {named[^1]} are the same queue. {why} {whatToDo}";
    }

    private sealed record Use(string Setting, string QueueUrl, bool IsForDeadLetters);
}
