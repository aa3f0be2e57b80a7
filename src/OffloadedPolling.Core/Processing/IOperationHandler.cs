using OffloadedPolling.Accepting;
using OffloadedPolling.Processing;

namespace OffloadedPolling;

/// <summary>Does the work of operations of one kind. Implement <see cref="IOperationHandler{TPayload, TResult}"/> instead.</summary>
/// <typeparam name="TPayload">The kind's payload type.</typeparam>
public interface IOperationHandler<TPayload>
{
    // Lets AddHandler<TPayload, THandler>() find the result type without reflection, for which native AOT may have no code.
    internal static abstract HandlerInvoker CreateInvoker(OperationKind<TPayload> kind, Type handler);
}

/// <summary>Does the work of operations of one kind. The container creates one instance for each run, in a scope of its own.</summary>
/// <typeparam name="TPayload">The kind's payload type.</typeparam>
/// <typeparam name="TResult">The type of the result in the status document. <see langword="null"/> leaves it out.</typeparam>
/// <remarks>
/// A handler runs <b>at least once</b>: queues deliver messages more than once, and a worker that is believed dead may still be running
/// when another takes over. Make the handler's effects idempotent, with the operation's id as the key.
/// </remarks>
public interface IOperationHandler<TPayload, TResult> : IOperationHandler<TPayload>
{
    /// <summary>Does the work.</summary>
    /// <param name="context">The operation, its payload, and how to report progress.</param>
    /// <param name="cancellationToken">
    /// The token to monitor for cancellation requests. It is canceled when a caller asks to cancel the operation, which becomes
    /// <c>Canceled</c> if the handler then throws an <see cref="OperationCanceledException"/>; when the host stops and its
    /// <see cref="OffloadedPollingOptions.ShutdownTimeout"/> has elapsed; and when the message may have been redelivered: another worker
    /// may be running the operation, and the outcome of this run is not written.
    /// </param>
    /// <returns>
    /// The result. If it cannot be serialized, or cannot be read back from the status document, the operation ends as <c>Failed</c> without
    /// a retry, with the problem <c>result-invalid</c>. Such a result is nested more than 63 levels deep, refers to itself, contains a
    /// member twice, or throws when it is read.
    /// </returns>
    /// <exception cref="OperationFailedException">
    /// Throw it to end the operation as <c>Failed</c> without a retry, with the exception's problem in the status document. Any other
    /// exception is logged and never shown to callers. The work is retried when the message is redelivered; after the last attempt
    /// (<see cref="OperationOptions.MaxAttempts"/>) the operation ends as <c>Failed</c>.
    /// </exception>
    Task<TResult> HandleAsync(OperationContext<TPayload> context, CancellationToken cancellationToken);

    static HandlerInvoker IOperationHandler<TPayload>.CreateInvoker(OperationKind<TPayload> kind, Type handler) =>
        new HandlerInvoker<TPayload, TResult>(kind, handler);
}
