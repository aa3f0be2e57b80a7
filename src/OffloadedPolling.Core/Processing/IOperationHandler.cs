using System.Text.Json;
using OffloadedPolling.Processing;

namespace OffloadedPolling;

/// <summary>The work behind operations of one kind. Implement <see cref="IOperationHandler{TPayload, TResult}"/>.</summary>
/// <typeparam name="TPayload">The kind's payload type.</typeparam>
public interface IOperationHandler<TPayload>
{
    /// <summary>The type of what the handler returns, so that the start can check that it can be serialized.</summary>
    internal static virtual Type ResultType => typeof(object);

    /// <summary>Runs the handler and serializes its result.</summary>
    internal Task<JsonElement?> RunAsync(OperationContext<TPayload> context, JsonSerializerOptions json, CancellationToken cancel);
}

/// <summary>The work behind operations of one kind. One instance from the container for each run, in a scope of its own.</summary>
/// <typeparam name="TPayload">The kind's payload type.</typeparam>
/// <typeparam name="TResult">What the work comes to. It is written to the status document; <see langword="null"/> leaves it out.</typeparam>
/// <remarks>
/// A handler runs <b>at least once</b>: queues deliver twice, and a worker that was thought dead may still be running when another takes
/// over. Make its effects repeatable, with the operation's id as the key.
/// </remarks>
public interface IOperationHandler<TPayload, TResult> : IOperationHandler<TPayload>
{
    /// <summary>Does the work.</summary>
    /// <param name="context">The operation, its payload, and how to report progress.</param>
    /// <param name="cancel">
    /// Fires when somebody asked to cancel the operation, which is <c>Canceled</c> if the handler then ends by an
    /// <see cref="OperationCanceledException"/>; when the host stops and its <see cref="OffloadedPollingOptions.ShutdownTimeout"/> is over;
    /// and when the message could not be kept: another worker may be running the operation, and once it does, what this run comes to is
    /// not written.
    /// </param>
    /// <returns>
    /// The result. One that cannot be serialized, or not be read back from the status document, ends the operation as <c>Failed</c> for
    /// good, with problem <c>result-invalid</c>: one that is nested more than 63 levels deep, refers to itself, holds a member twice, or
    /// throws when it is read.
    /// </returns>
    /// <exception cref="OperationFailedException">
    /// Thrown by the handler, ends the operation as <c>Failed</c> for good, with the exception's problem in the status document. Any other
    /// exception is logged, never shown to callers, and the work is tried again when the message is redelivered; at the last try
    /// (<see cref="OperationOptions.MaxAttempts"/>) the operation ends as <c>Failed</c>.
    /// </exception>
    Task<TResult> HandleAsync(OperationContext<TPayload> context, CancellationToken cancel);

    static Type IOperationHandler<TPayload>.ResultType => typeof(TResult);

    async Task<JsonElement?> IOperationHandler<TPayload>.RunAsync(
        OperationContext<TPayload> context, JsonSerializerOptions json, CancellationToken cancel)
    {
        var result = await HandleAsync(context, cancel).ConfigureAwait(false);
        return result is null ? null : HandlerResult.Serialize(context.OperationId, result, json);
    }
}
