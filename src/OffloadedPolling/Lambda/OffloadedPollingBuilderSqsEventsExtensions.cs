using OffloadedPolling.Sqs;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OffloadedPolling;
using OffloadedPolling.Accepting;
using OffloadedPolling.Processing;
using OffloadedPolling.Lambda;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>For functions of AWS Lambda that do the work.</summary>
public static class OffloadedPollingBuilderSqsEventsExtensions
{
    /// <summary>
    /// In the place of <c>WithSqs()</c>, in a function of AWS Lambda whose event source is a kind's queue or dead-letter queue: handlers, and
    /// the dead-letter reader, are fed by <see cref="SqsEventProcessor"/>, which the function calls, and no loop receives messages.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <returns>The builder.</returns>
    /// <remarks>Settings and clients are those of <c>WithSqs()</c>.</remarks>
    public static IOffloadedPollingBuilder WithSqsEvents(this IOffloadedPollingBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var services = builder.WithSqs().Services;
        services.TryAddSingleton<MessagesByEvents>();
        services.TryAddSingleton(provider => new EventSources([.. WorkEventsOf(provider), .. DeadLetterEventsOf(provider)]));
        services.TryAddSingleton<BatchProcessor>();
        services.TryAddSingleton(provider => new SqsEventProcessor(provider.GetRequiredService<BatchProcessor>(), provider.GetRequiredService<TimeProvider>()));
        return builder;
    }

    private static IEnumerable<IEventSource> WorkEventsOf(IServiceProvider provider) => provider.GetServices<HandlerRunner>().Select(runner => new WorkEvents(
        runner,
        provider.GetRequiredService<IOperationQueue>(),
        provider.GetRequiredService<SqsQueueAttributes>(),
        provider.GetRequiredService<MessageProcessor>(),
        provider.GetRequiredService<TimeProvider>(),
        provider.GetRequiredService<ILogger<SqsEventProcessor>>()));

    // Only where AddDeadLetterReader() was called.
    private static IEnumerable<IEventSource> DeadLetterEventsOf(IServiceProvider provider)
    {
        if (provider.GetService<DeadLetterProcessor>() is not { } processor)
        {
            return [];
        }

        var queue = provider.GetRequiredService<IDeadLetterQueue>();
        return provider.GetRequiredService<OperationKinds>().All.Where(kind => queue.IsKnown(kind.Name)).Select(kind =>
            new DeadLetterEvents(
                kind.Name,
                processor,
                provider.GetRequiredService<IOptionsMonitor<OperationOptions>>(),
                provider.GetRequiredService<TimeProvider>()));
    }
}
