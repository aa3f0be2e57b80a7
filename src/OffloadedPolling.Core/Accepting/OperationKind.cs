using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OffloadedPolling.Diagnostics;
using OffloadedPolling.WaitTime;

namespace OffloadedPolling.Accepting;

/// <summary>One kind of operation, and everything that belongs to it. Only callers of ports have to find it by its name.</summary>
/// <remarks>
/// Each part below is created by its constructor from the kind's name, the parts that stand next to it, and the host's services. That is
/// when it is first needed: kinds are validated at the start, while a port may still be missing.
/// </remarks>
internal abstract class OperationKind(string name, Type payloadType, JsonSerializerOptions json, IServiceProvider services)
{
    private readonly Lock _lock = new();

    public string Name { get; } = name;

    public Type PayloadType { get; } = payloadType;

    /// <summary>Serializes payloads and results.</summary>
    public JsonSerializerOptions Json { get; } = json;

    public OperationOptions Options => services.GetRequiredService<IOptionsMonitor<OperationOptions>>().Get(Name);

    public KindMetrics Metrics => field ?? Create(ref field, Name);

    public KindQueue Queue => field ?? Create(ref field, Name);

    /// <summary>Whether its operations are accepted at the moment.</summary>
    public AcceptGate Gate => field ?? Create(ref field, Name);

    /// <summary>The estimator that is registered, which may be the host's own.</summary>
    public CheckedEstimator Estimator => field ?? Create(ref field, Name);

    /// <summary>The library's own estimator.</summary>
    public QueueWaitTime WaitTime => field ?? Create(ref field, Name, Durations, Metrics);

    public WorkDurations Durations => field ?? Create(ref field, Name);

    public DurationRecorder Recorder => field ?? Create(ref field, Name, Durations);

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
