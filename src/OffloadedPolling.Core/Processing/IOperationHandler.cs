using OffloadedPolling.Accepting;
using OffloadedPolling.Processing;

namespace OffloadedPolling;

/// <summary>Runs operations of one kind. Implement <see cref="IOperationHandler{TPayload, TResult}"/> instead.</summary>
/// <typeparam name="TPayload">The kind's payload type.</typeparam>
public interface IOperationHandler<TPayload>
{
    // AddHandler<TPayload, THandler>() uses it to find the result type without reflection, for which native AOT may have no code.
    internal static abstract HandlerInvoker CreateInvoker(OperationKind<TPayload> kind, Type handler);
}

/// <summary>Runs operations of one kind. The container creates one instance for each run, in its own scope.</summary>
/// <typeparam name="TPayload">The kind's payload type.</typeparam>
/// <typeparam name="TResult">The type of the result in the status document. A <see langword="null"/> result is left out.</typeparam>
/// <remarks>
/// A handler runs <b>at least once</b>: queues may deliver a message more than once, and a worker that seems dead may still run when
/// another one takes over. Make the handler's effects idempotent, with the operation's ID as the key.
/// </remarks>
public interface IOperationHandler<TPayload, TResult> : IOperationHandler<TPayload>
{
    /// <summary>Runs one operation.</summary>
    /// <param name="context">The operation and its payload. It also reports progress.</param>
    /// <param name="cancellationToken">
    /// The token to monitor for cancellation requests. It is canceled when a caller requests cancellation. If the handler then throws an
    /// <see cref="OperationCanceledException"/>, the operation becomes <c>Canceled</c>. It is also canceled when the host stops and
    /// <see cref="OffloadedPollingOptions.ShutdownTimeout"/> has elapsed, and when the message may have been redelivered: another worker
    /// may run the operation. If it does, the outcome of this run is not written.
    /// </param>
    /// <returns>
    /// The result. If it cannot be serialized or read back, the operation ends as <c>Failed</c> without a retry, with the problem
    /// <c>result-invalid</c>. Such a result is nested more than 63 levels deep, refers to itself, contains a member twice, or throws when
    /// it is read.
    /// </returns>
    /// <exception cref="OperationFailedException">
    /// Throw it to end the operation as <c>Failed</c> without a retry. The status document contains the exception's problem. Any other
    /// exception is logged and never shown to callers. The work is retried when the message is redelivered. After the last attempt
    /// (<see cref="OperationOptions.MaxAttempts"/>), the operation ends as <c>Failed</c>.
    /// </exception>
    Task<TResult> HandleAsync(OperationContext<TPayload> context, CancellationToken cancellationToken);

    static HandlerInvoker IOperationHandler<TPayload>.CreateInvoker(OperationKind<TPayload> kind, Type handler) =>
        new HandlerInvoker<TPayload, TResult>(kind, handler);
}
