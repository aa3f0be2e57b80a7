using Microsoft.Extensions.Options;
using OffloadedPolling;
using OffloadedPolling.Accepting;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Checks that a dead-letter reader has something to read.</summary>
internal sealed class DeadLetterReaderValidator(SettingsSection settings, OperationKinds kinds, IServiceProvider services) : IValidateOptions<OffloadedPollingOptions>
{
    public ValidateOptionsResult Validate(string? name, OffloadedPollingOptions options)
    {
        if (services.GetService<IDeadLetterQueue>() is not { } queue)
        {
            return ValidateOptionsResult.Fail(
                "AddDeadLetterReader() has no IDeadLetterQueue to read from. Call .WithSqs() or .WithSqlite() after AddOffloadedPolling, or register your own.");
        }

        // A kind whose own settings are wrong is told of by itself.
        return kinds.All.Count == 0 || kinds.All.Any(kind => queue.IsKnown(kind.Name))
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail(
                $"AddDeadLetterReader() has no queue to read: {settings.NameOf($"Operations:{kinds.All[0].Name}:{nameof(OperationOptions.DeadLetterQueueUrl)}")} is missing. Set it to the queue that the redrive policy of the kind's queue names, or leave the reader out.");
    }
}
