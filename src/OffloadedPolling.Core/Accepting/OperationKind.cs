using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OffloadedPolling.Diagnostics;
using OffloadedPolling.WaitTime;

namespace OffloadedPolling.Accepting;

/// <summary>One kind of operation, and everything that belongs to it. Only callers of ports look it up by name.</summary>
/// <remarks>
/// The container creates each part from the arguments below and the host's services. A part is created when it is first needed, because
/// kinds are validated at start, while a port may still be missing.
/// </remarks>
internal abstract class OperationKind(string name, Type payloadType, JsonSerializerOptions json, IServiceProvider services)
{
    private readonly Lock _lock = new();

    public string Name { get; } = name;
    public Type PayloadType { get; } = payloadType;
    public JsonSerializerOptions Json { get; } = json;

    public OperationOptions Options => services.GetRequiredService<IOptionsMonitor<OperationOptions>>().Get(Name);

    public KindMetrics Metrics => field ?? Create(ref field, Name);
    public KindQueue Queue => field ?? Create(ref field, Name);
    public AcceptGate Gate => field ?? Create(ref field, Name);
    public WorkDurations Durations => field ?? Create(ref field, Name);
    public DurationRecorder Recorder => field ?? Create(ref field, Name, Durations);

    /// <summary>The library's own estimator.</summary>
    public QueueWaitTime WaitTime => field ?? Create(ref field, Name, Durations, Metrics);

    /// <summary>The registered estimator, which may be the host's own.</summary>
    public CheckedEstimator Estimator => field ?? Create(ref field, Name);

    private T Create<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] T>(
        ref T? part, params object[] arguments)
        where T : class
    {
        lock (_lock)
        {
            return part ??= ActivatorUtilities.CreateInstance<T>(services, arguments);
        }
    }
}

/// <inheritdoc/>
internal sealed class OperationKind<TPayload>(string name, JsonSerializerOptions json, IServiceProvider services)
    : OperationKind(name, typeof(TPayload), json, services)
{
    public JsonTypeInfo<TPayload> PayloadJson { get; } = (JsonTypeInfo<TPayload>)json.GetTypeInfo(typeof(TPayload));
}
