using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OffloadedPolling.Accepting;
using OffloadedPolling.Diagnostics;

namespace OffloadedPolling.Processing;

/// <summary>Receives dead letters in one hosted loop for each kind with a dead-letter queue.</summary>
internal sealed class DeadLetterReader(
    OperationKinds kinds, IDeadLetterQueue queue, DeadLetterProcessor processor, TimeProvider time, ILogger<DeadLetterReader> logger,
    PushDelivery? push = null) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => push is not null
        ? Task.CompletedTask
        : Task.WhenAll(kinds.All.Where(kind => queue.IsKnown(kind.Name)).Select(kind => ReadAsync(kind.Name, stoppingToken)));

    private async Task ReadAsync(string kind, CancellationToken stopping)
    {
        // Each letter has its own trace, and the trace of the host's start has ended.
        Activity.Current = null;
        Log.DeadLetterReaderStarted(logger, kind);
        await Backoff.RepeatAsync(
            time, () => ReceiveAsync(kind, stopping), failed => Log.DeadLettersNotReceived(logger, kind, failed), stopping)
            .ConfigureAwait(false);
    }

    private async Task ReceiveAsync(string kind, CancellationToken stopping)
    {
        await processor.WaitForStoreAsync(stopping).ConfigureAwait(false);
        var askedAt = time.GetUtcNow();
        var letters = await queue.ReceiveAsync(kind, stopping).ConfigureAwait(false);
        ReceiveActivity.Record(OperationActivities.DeadLettersOf(kind), kind, queue.MessagingSystem, letters, askedAt, time.GetUtcNow());
        await Task.WhenAll(letters.Select(letter => processor.ProcessAsync(kind, letter, delete: true, stopping))).ConfigureAwait(false);
    }
}

/// <summary>Checks that a dead-letter reader has a queue to read.</summary>
internal sealed class DeadLetterReaderValidator(SettingsSection settings, OperationKinds kinds, IServiceProvider services)
    : IValidateOptions<OffloadedPollingOptions>
{
    public ValidateOptionsResult Validate(string? name, OffloadedPollingOptions options)
    {
        if (services.GetService<IDeadLetterQueue>() is not { } queue)
        {
            return ValidateOptionsResult.Fail("AddDeadLetterReader() has no IDeadLetterQueue to read from. Call .WithSqs() or "
                + ".WithSqlite() after AddOffloadedPolling, or register your own.");
        }

        // The validators of a kind's own settings report what is wrong with them.
        if (kinds.All.Count == 0 || kinds.All.Any(kind => queue.IsKnown(kind.Name)))
        {
            return ValidateOptionsResult.Success;
        }

        var missing = settings.NameOf("Operations", kinds.All[0].Name, nameof(OperationOptions.DeadLetterQueueUrl));
        return ValidateOptionsResult.Fail($"AddDeadLetterReader() has no queue to read: {missing} is missing. "
            + "Set it to the queue that the redrive policy of the kind's queue names, or remove the call.");
    }
}
