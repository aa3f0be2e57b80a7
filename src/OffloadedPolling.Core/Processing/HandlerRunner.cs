using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using OffloadedPolling.Accepting;

namespace OffloadedPolling.Processing;

/// <summary>Reads a kind's payloads and runs its handler.</summary>
internal abstract class HandlerRunner(OperationKind kind, Type resultType)
{
    public OperationKind Kind { get; } = kind;

    public Type ResultType { get; } = resultType;

    /// <summary>Reads a message's body.</summary>
    /// <exception cref="JsonException">It is no payload of this kind. Nothing of the exception quotes the body.</exception>
    public abstract object ReadPayload(string body);

    public abstract Task<JsonElement?> RunAsync(IServiceProvider services, object payload, OperationRun run, CancellationToken cancel);
}

/// <inheritdoc/>
internal sealed class HandlerRunner<TPayload, [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] THandler>(
    OperationKind<TPayload> kind) : HandlerRunner(kind, ResultTypeOf<TPayload, THandler>())
    where TPayload : notnull
    where THandler : class, IOperationHandler<TPayload>
{
    public override object ReadPayload(string body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, kind.PayloadJson) ?? throw new JsonException("The body is 'null'.");
        }
        catch (JsonException malformed)
        {
            throw Unreadable(PayloadPath.KnownPartOf(malformed.Path, kind.PayloadJson), malformed.LineNumber, malformed.BytePositionInLine);
        }
        catch (Exception thrown)
        {
            // By the payload's type or a converter, whatever it is: a body that they do not take.
            throw Unreadable($"$ ({thrown.GetType()} was thrown)", line: null, bytePositionInLine: null);
        }
    }

    public override Task<JsonElement?> RunAsync(IServiceProvider services, object payload, OperationRun run, CancellationToken cancel)
    {
        var context = new OperationContext<TPayload>(run.OperationId, (TPayload)payload, run.Attempt, run.ReportAsync);
        return RunAsync(services.GetRequiredService<THandler>(), context, run, cancel);
    }

    private async Task<JsonElement?> RunAsync(THandler handler, OperationContext<TPayload> context, OperationRun run, CancellationToken cancel)
    {
        try
        {
            return await handler.RunAsync(context, Kind.Json, cancel).ConfigureAwait(false);
        }
        finally
        {
            run.ResourceLocation = context.ResourceLocation;
        }
    }

    // Without what was thrown: its text may quote the payload.
    private static JsonException Unreadable(string path, long? line, long? bytePositionInLine) =>
        new("The body is no payload of this kind.", path, line, bytePositionInLine);

    private static Type ResultTypeOf<T, TH>()
        where TH : IOperationHandler<T> => TH.ResultType;
}
