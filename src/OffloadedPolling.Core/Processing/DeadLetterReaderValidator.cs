using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OffloadedPolling.Accepting;

namespace OffloadedPolling.Processing;

/// <summary>Checks that a dead-letter reader has something to read.</summary>
internal sealed class DeadLetterReaderValidator(SettingsSection settings, OperationKinds kinds, IServiceProvider services)
    : IValidateOptions<OffloadedPollingOptions>
{
    public ValidateOptionsResult Validate(string? name, OffloadedPollingOptions options)
    {
        if (services.GetService<IDeadLetterQueue>() is not { } queue)
        {
            return ValidateOptionsResult.Fail(
                "AddDeadLetterReader() has no IDeadLetterQueue to read from. Call .WithSqs() or .WithSqlite() after AddOffloadedPolling, "
                + "or register your own.");
        }

        // The validators of a kind's own settings report what is wrong with them.
        if (kinds.All.Count == 0 || kinds.All.Any(kind => queue.IsKnown(kind.Name)))
        {
            return ValidateOptionsResult.Success;
        }

        var missing = settings.NameOf("Operations", kinds.All[0].Name, nameof(OperationOptions.DeadLetterQueueUrl));
        return ValidateOptionsResult.Fail(
            $"AddDeadLetterReader() has no queue to read: {missing} is missing. "
            + "Set it to the queue that the redrive policy of the kind's queue names, or remove the call.");
    }
}
