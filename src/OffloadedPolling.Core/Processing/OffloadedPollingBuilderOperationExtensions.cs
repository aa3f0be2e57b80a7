using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using OffloadedPolling;
using OffloadedPolling.Accepting;
using OffloadedPolling.Processing;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Extension methods that add operation kinds and their handlers.</summary>
public static partial class OffloadedPollingBuilderOperationExtensions
{
    private const string ReflectionWarning = "Payload and result are serialized by reflection. If the host is trimmed or compiled ahead of "
        + "time, pass a JsonSerializerContext that contains both.";

    /// <summary>Adds an operation kind whose payload and result are serialized with a source-generated context.</summary>
    /// <typeparam name="TPayload">The payload type. Each kind needs its own payload type.</typeparam>
    /// <param name="builder">The builder.</param>
    /// <param name="name">
    /// The kind's name, in status documents and in the configuration section <c>Operations:{name}</c>: 1 to 64 letters, digits, hyphens and
    /// underscores.
    /// </param>
    /// <param name="json">A context that contains the types of the payload and of the handler's result.</param>
    /// <param name="configure">Settings from code, which override the section's.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="ArgumentException">The name is not valid, or the context does not contain the payload type.</exception>
    public static IOffloadedPollingBuilder AddOperation<TPayload>(
        this IOffloadedPollingBuilder builder, string name, JsonSerializerContext json, Action<OperationOptions>? configure = null)
        where TPayload : notnull
    {
        ArgumentNullException.ThrowIfNull(json);
        return json.GetTypeInfo(typeof(TPayload)) is null
            ? throw new ArgumentException(
                $"{json.GetType()} does not contain the payload type {typeof(TPayload)}. Add "
                + $"[JsonSerializable(typeof({typeof(TPayload).Name}))] to it.", nameof(json))
            : Add<TPayload>(builder, name, json.Options, configure);
    }

    /// <summary>Adds an operation kind whose payload and result are serialized by reflection, with camel-case names.</summary>
    /// <inheritdoc
    ///   cref="AddOperation{TPayload}(IOffloadedPollingBuilder, string, JsonSerializerContext, Action{OperationOptions}?)"
    ///   path="/*[not(self::summary or self::param[@name='json'])]"/>
    [RequiresUnreferencedCode(ReflectionWarning)]
    [RequiresDynamicCode(ReflectionWarning)]
    public static IOffloadedPollingBuilder AddOperation<TPayload>(
        this IOffloadedPollingBuilder builder, string name, Action<OperationOptions>? configure = null)
        where TPayload : notnull => Add<TPayload>(builder, name, JsonSerializerOptions.Web, configure);

    /// <summary>
    /// Adds the handler of an operation kind and the hosted worker that receives its messages. Call it only in hosts that do the work. With
    /// <c>WithSqsEvents()</c>, the messages arrive as events, and the worker does nothing.
    /// </summary>
    /// <typeparam name="TPayload">The payload type of the kind.</typeparam>
    /// <typeparam name="THandler">
    /// An <see cref="IOperationHandler{TPayload, TResult}"/>. It is scoped, unless the host registered it.
    /// </typeparam>
    /// <param name="builder">The builder.</param>
    /// <returns>The builder.</returns>
    public static IOffloadedPollingBuilder AddHandler<TPayload,
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] THandler>(this IOffloadedPollingBuilder builder)
        where TPayload : notnull
        where THandler : class, IOperationHandler<TPayload>
    {
        ArgumentNullException.ThrowIfNull(builder);
        var services = builder.Services;
        services.TryAddScoped<THandler>();
        services.AddSingleton(provider =>
            THandler.CreateInvoker(provider.GetRequiredService<OperationKinds>().ForPayload<TPayload>(), typeof(THandler)));
        services.AddSingleton<IHostedService>(CreateWorker<TPayload>);
        return builder;
    }

    /// <summary>
    /// Adds the hosted reader of dead letters. It ends an operation as <c>Failed</c> if its worker crashed in every delivery, or if it
    /// could not start. At least one host needs it, an API or a worker; more readers do no harm.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <returns>The builder.</returns>
    /// <remarks>
    /// With SQS, it reads the kinds whose <see cref="OperationOptions.DeadLetterQueueUrl"/> is set; at least one is required. SQLite needs
    /// no setting. A message without a status document stays in the queue and is logged.
    /// </remarks>
    public static IOffloadedPollingBuilder AddDeadLetterReader(this IOffloadedPollingBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.TryAddLate<DeadLetterProcessor>();
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, DeadLetterReader>(
            provider => ActivatorUtilities.CreateInstance<DeadLetterReader>(provider)));
        builder.Services.TryAddEnumerable(
            ServiceDescriptor.Singleton<IValidateOptions<OffloadedPollingOptions>, DeadLetterReaderValidator>());
        return builder;
    }

    private static OperationWorker CreateWorker<TPayload>(IServiceProvider provider)
    {
        var invoker = provider.GetServices<HandlerInvoker>().First(invoker => invoker.Kind.PayloadType == typeof(TPayload));
        return ActivatorUtilities.CreateInstance<OperationWorker>(provider, invoker);
    }

    private static IOffloadedPollingBuilder Add<TPayload>(
        IOffloadedPollingBuilder builder, string name, JsonSerializerOptions json, Action<OperationOptions>? configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(name);
        if (!KindName().IsMatch(name))
        {
            throw new ArgumentException(
                $"'{name}' is not a valid name of an operation kind. Use 1 to 64 letters, digits, hyphens and underscores.", nameof(name));
        }

        builder.Services.AddSingleton<OperationKind>(provider => new OperationKind<TPayload>(name, json, provider));
        builder.Services
            .AddSettings<OperationOptions, OperationOptionsValidator>("Operations", (options, section) => section.Bind(options), name)
            .Configure(configure ?? (_ => { }));
        builder.Services.AddSettingsValidator<OperationOptions, OperationOptionsCustomValidator>("Operations");
        return builder;
    }

    [GeneratedRegex(@"\A[A-Za-z0-9_-]{1,64}\z")]
    private static partial Regex KindName();
}
