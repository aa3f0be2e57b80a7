using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using OffloadedPolling;
using OffloadedPolling.Accepting;
using OffloadedPolling.Processing;
using OffloadedPolling.Lambda;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Extension methods that process operations in AWS Lambda functions.</summary>
public static class OffloadedPollingBuilderSqsEventsExtensions
{
    /// <summary>
    /// Registers <see cref="SqsEventProcessor"/> for an AWS Lambda function whose event source is a kind's queue or dead-letter queue. Call
    /// it instead of <c>WithSqs()</c>. The function passes messages to <see cref="SqsEventProcessor"/>, which calls the handlers and the
    /// dead-letter reader. No loop receives messages.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <returns>The builder.</returns>
    /// <remarks>Uses the same settings and clients as <c>WithSqs()</c>.</remarks>
    public static IOffloadedPollingBuilder WithSqsEvents(this IOffloadedPollingBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var services = builder.WithSqs().Services;
        services.TryAddSingleton<PushDelivery>();
        services.TryAddSingleton(provider => new BatchProcessor(
            [.. OperationEventsOf(provider), .. DeadLetterEventsOf(provider)], provider.GetRequiredService<ILogger<SqsEventProcessor>>()));
        services.TryAddSingleton(provider => new SqsEventProcessor(
            provider.GetRequiredService<BatchProcessor>(), provider.GetRequiredService<TimeProvider>()));
        return builder;
    }

    private static IEnumerable<IEventSource> OperationEventsOf(IServiceProvider provider) =>
        provider.GetServices<HandlerInvoker>()
            .Select(handler => ActivatorUtilities.CreateInstance<OperationEventSource>(provider, handler));

    // Only where AddDeadLetterReader() was called.
    private static IEnumerable<IEventSource> DeadLetterEventsOf(IServiceProvider provider)
    {
        if (provider.GetService<DeadLetterProcessor>() is not { } processor)
        {
            return [];
        }

        var queue = provider.GetRequiredService<IDeadLetterQueue>();
        return provider.GetRequiredService<OperationKinds>().All.Where(kind => queue.IsKnown(kind.Name))
            .Select(kind => ActivatorUtilities.CreateInstance<DeadLetterEventSource>(provider, kind.Name, processor));
    }
}
