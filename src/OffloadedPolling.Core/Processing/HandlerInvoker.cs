using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using OffloadedPolling.Accepting;

namespace OffloadedPolling.Processing;

/// <summary>Reads the payloads of one kind and calls its handler.</summary>
internal abstract class HandlerInvoker(OperationKind kind, Type resultType)
{
    public OperationKind Kind { get; } = kind;
    public Type ResultType { get; } = resultType;

    /// <exception cref="JsonException">The message's body is not a payload of this kind. The exception does not quote it.</exception>
    public abstract object ReadPayload(string body);

    /// <summary>Calls the handler. Its exceptions are not caught.</summary>
    public abstract Task<HandlerResult> InvokeAsync(IServiceProvider services, OperationRun run);
}

/// <summary>How a handler ended.</summary>
/// <param name="Json">The result as JSON, if there is one.</param>
/// <param name="Invalid">The reason why the result cannot be serialized, if it cannot.</param>
/// <param name="Thrown">The exception that the handler threw, if any.</param>
internal readonly record struct HandlerResult(
    JsonElement? Json = null, StatusDocumentNotSerializableException? Invalid = null, Exception? Thrown = null);

/// <inheritdoc/>
internal sealed class HandlerInvoker<TPayload, TResult>(OperationKind<TPayload> kind, Type handlerType)
    : HandlerInvoker(kind, typeof(TResult))
{
    public override object ReadPayload(string body)
    {
        try
        {
            return (object?)JsonSerializer.Deserialize(body, kind.PayloadJson) ?? throw new JsonException("The body is 'null'.");
        }
        catch (Exception unreadable)
        {
            // Thrown by the serializer, the payload's type or a converter, which may throw anything. The text may quote the payload.
            var malformed = unreadable as JsonException;
            var path = malformed is null
                ? $"$ ({unreadable.GetType()} was thrown)"
                : PayloadPath.KnownPartOf(malformed.Path, kind.PayloadJson);
            throw new JsonException("The body is not a payload of this kind.", path, malformed?.LineNumber, malformed?.BytePositionInLine);
        }
    }

    public override async Task<HandlerResult> InvokeAsync(IServiceProvider services, OperationRun run)
    {
        var handler = (IOperationHandler<TPayload, TResult>)services.GetRequiredService(handlerType);
        var context = new OperationContext<TPayload>(run.OperationId, (TPayload)run.Claimed.Payload, run.Attempt, run.ReportAsync);
        try
        {
            var result = await handler.HandleAsync(context, run.Signal.Token).ConfigureAwait(false);
            return result is null ? default : Serialize(result, run.OperationId);
        }
        finally
        {
            run.ResourceLocation = context.ResourceLocation;
        }
    }

    private HandlerResult Serialize(TResult result, string operationId)
    {
        try
        {
            return new HandlerResult(JsonSerializer.SerializeToElement(result, Kind.Json.GetTypeInfo(typeof(TResult))));
        }
        catch (Exception failed) when (failed is not OutOfMemoryException)
        {
            // The host's own properties and converters may throw anything. Another run would return the same result.
            return new HandlerResult(Invalid: new StatusDocumentNotSerializableException(operationId, failed));
        }
    }
}

/// <summary>JSON paths that may be logged. They end before the payload's own text, such as the keys of a dictionary.</summary>
internal static partial class PayloadPath
{
    /// <summary>Returns the part of a path that consists of names of the payload's type.</summary>
    public static string KnownPartOf(string? path, JsonTypeInfo payload)
    {
        var (known, type) = ("$", payload);
        foreach (Match segment in Segment().Matches(path ?? ""))
        {
            var (text, next) = Step(type, segment.Groups["name"].Value, segment.Groups["index"].Value);
            known += text;
            if (next is null || !type.Options.TryGetTypeInfo(next, out type!))
            {
                break;
            }
        }

        return known;
    }

    private static (string Text, Type? Next) Step(JsonTypeInfo type, string name, string index)
    {
        if (type.Kind == JsonTypeInfoKind.Enumerable && index.Length > 0)
        {
            return ($"[{index}]", type.ElementType);
        }

        var comparison = type.Options.PropertyNameCaseInsensitive ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
        var member = type.Kind == JsonTypeInfoKind.Object
            ? type.Properties.FirstOrDefault(each => each.Name.Equals(name, comparison))
            : null;
        return member is null ? ("", null) : ($".{member.Name}", member.PropertyType);
    }

    // Names with other characters are quoted, and end the known part.
    [GeneratedRegex(@"(?<=^\$|\G(?!^))(?:\.(?<name>[^.\[\]']+)|\[(?<index>[0-9]+)\])")]
    private static partial Regex Segment();
}
