namespace OffloadedPolling;

/// <summary>Accepts, reads, cancels and deletes operations, and issues their status URLs.</summary>
public interface IOffloadedOperations
{
    /// <summary>Gets the names of the operation kinds that this host knows.</summary>
    IReadOnlyList<string> Kinds { get; }

    /// <summary>Accepts an operation: estimates it, creates its status document, issues its status URL and sends its message.</summary>
    /// <typeparam name="TPayload">The payload type with which the operation's kind was added.</typeparam>
    /// <param name="payload">The payload for the handler. It is sent as the message's body.</param>
    /// <param name="cancellationToken">
    /// The token to monitor for cancellation requests. After cancellation, a document whose creation has started is set to
    /// <c>Failed</c>, if necessary in the background.
    /// </param>
    /// <returns>The accepted operation, with its status URL and the time of the first poll.</returns>
    /// <exception cref="ArgumentException">No kind was added for <typeparamref name="TPayload"/>.</exception>
    /// <exception cref="PayloadTooLargeException">
    /// The message is larger than the queue accepts, and was not sent. If the queue itself refused the message, the status document exists
    /// and is <c>Failed</c>.
    /// </exception>
    /// <exception cref="InvalidPayloadException">
    /// The payload contains characters that queues cannot carry, in a place where they cannot be escaped. The message was not sent. If the
    /// queue itself refused the message, the status document exists and is <c>Failed</c>.
    /// </exception>
    /// <exception cref="OperationStoreException">
    /// The status document could not be created, or not within <see cref="OffloadedPollingOptions.AcceptTimeout"/>. Or accepts of the kind
    /// are refused for some seconds because several in a row exceeded it. Nothing was sent. If the document was created nevertheless, it is
    /// set to <c>Failed</c> in the background.
    /// </exception>
    /// <exception cref="StatusDocumentRefusedException">A policy refused the status document. Nothing was created or sent.</exception>
    /// <exception cref="StatusDocumentTooLargeException">
    /// <see cref="AcceptOptions.ResourceLocation"/> is too long: the status document would be too large, or would have too little room for
    /// its own end. Nothing was created or sent.
    /// </exception>
    /// <exception cref="StatusUrlException">
    /// No URL could be signed, or not within <see cref="OffloadedPollingOptions.AcceptTimeout"/>. Nothing was sent. The status document is
    /// set to <c>Failed</c>, if necessary in the background.
    /// </exception>
    /// <exception cref="OperationQueueException">
    /// The message could not be sent, or not within <see cref="OffloadedPollingOptions.AcceptTimeout"/>. The status document is set to
    /// <c>Failed</c>, unless the message was sent after all and a worker has started. If the estimate did not complete in time, nothing was
    /// created.
    /// </exception>
    Task<AcceptedOperation> AcceptAsync<TPayload>(TPayload payload, CancellationToken cancellationToken = default)
        where TPayload : notnull;

    /// <inheritdoc cref="AcceptAsync{TPayload}(TPayload, CancellationToken)" path="/*[not(self::param or self::returns)]"/>
    /// <param name="payload">The payload for the handler. It is sent as the message's body.</param>
    /// <param name="options">The options of this operation.</param>
    /// <param name="cancellationToken">
    /// The token to monitor for cancellation requests. After cancellation, a document whose creation has started is set to <c>Failed</c>;
    /// with an idempotency key, its message is sent. If necessary, this happens in the background.
    /// </param>
    /// <returns>The accepted operation, with its status URL. For a key that was used before, it is the existing operation.</returns>
    /// <exception cref="ArgumentException"><see cref="AcceptOptions.IdempotencyKey"/> is set without its scope.</exception>
    /// <exception cref="InvalidIdempotencyKeyException">The key has fewer than 16 characters.</exception>
    /// <exception cref="IdempotencyConflictException">The key was used before with another payload.</exception>
    /// <remarks>
    /// With <see cref="AcceptOptions.IdempotencyKey"/>, a failed accept can be repeated. If no URL could be signed or the message could not
    /// be sent, the document stays <c>NotStarted</c>. The next accept with the key sends the message. If the accept was canceled or
    /// exceeded <see cref="OffloadedPollingOptions.AcceptTimeout"/>, or it is unknown whether the document was created, the message is sent
    /// in the background. Sending a message twice does no harm. If the queue refuses the message because of its size or its characters, the
    /// document becomes <c>Failed</c>.
    /// </remarks>
    Task<AcceptedOperation> AcceptAsync<TPayload>(TPayload payload, AcceptOptions options, CancellationToken cancellationToken = default)
        where TPayload : notnull;

    /// <summary>Reads an operation's status document.</summary>
    /// <param name="id">The operation's ID.</param>
    /// <param name="cancellationToken">The token to monitor for cancellation requests.</param>
    /// <returns>The document, or <see langword="null"/> if there is none.</returns>
    /// <exception cref="OperationStoreException">The store could not be read.</exception>
    /// <exception cref="InvalidStatusDocumentException">The stored object is not a status document.</exception>
    Task<OperationStatus?> GetAsync(string id, CancellationToken cancellationToken = default);

    /// <summary>Issues a new status URL for an existing operation.</summary>
    /// <param name="id">The operation's ID.</param>
    /// <param name="cancellationToken">The token to monitor for cancellation requests.</param>
    /// <returns>The operation with its new URL, or <see langword="null"/> if there is no such operation.</returns>
    /// <exception cref="OperationStoreException">The store could not be read.</exception>
    /// <exception cref="InvalidStatusDocumentException">The stored object is not a status document.</exception>
    /// <exception cref="StatusUrlException">No URL could be signed.</exception>
    Task<AcceptedOperation?> RenewUrlAsync(string id, CancellationToken cancellationToken = default);

    /// <summary>
    /// Requests the cancellation of an operation. An operation that waits to start or to be retried becomes <c>Canceled</c> immediately and
    /// never runs. For a running one, the handler's token is canceled within half of the visibility timeout, with its next progress, or
    /// after the store's <see cref="IOperationStatusStore.WatchInterval"/>, whichever comes first.
    /// </summary>
    /// <param name="id">The operation's ID.</param>
    /// <param name="cancellationToken">The token to monitor for cancellation requests.</param>
    /// <returns>
    /// The document after the request: <c>Canceled</c>; <c>Running</c> if the handler must still end; <c>Succeeded</c> or <c>Failed</c> if
    /// the request came too late. <see langword="null"/> if there is no such operation.
    /// </returns>
    /// <exception cref="OperationStatusConflictException">Other writers were faster too often. Retry.</exception>
    /// <exception cref="OperationStoreException">The store could not be read or written.</exception>
    /// <exception cref="InvalidStatusDocumentException">The stored object is not a status document.</exception>
    /// <remarks>
    /// A running operation becomes <c>Canceled</c> if its handler then throws an <see cref="OperationCanceledException"/>, or another
    /// exception after which it would be retried. If the handler returns a result, the operation becomes <c>Succeeded</c>. If it throws an
    /// <see cref="OperationFailedException"/>, or another exception in its last attempt, the operation becomes <c>Failed</c>.
    /// </remarks>
    Task<OperationStatus?> CancelAsync(string id, CancellationToken cancellationToken = default);

    /// <summary>
    /// Deletes an operation's status document, so that its status URLs no longer work. There is no other way to revoke a URL. If there is
    /// no such document, nothing happens.
    /// </summary>
    /// <param name="id">The operation's ID.</param>
    /// <param name="cancellationToken">
    /// The token to monitor for cancellation requests. If canceled, it is unknown whether the document was deleted.
    /// </param>
    /// <returns>A task that completes when no status URL can open the document.</returns>
    /// <exception cref="OperationStoreException">The store could not be reached or refused the request.</exception>
    /// <remarks>
    /// This does not stop the work. A running handler continues, and its outcome is not written (event 424). A waiting message never runs
    /// (event 412), and becomes a dead letter if the queue has a redrive policy. To stop the work too, cancel the operation first, and
    /// delete it when it has ended.
    /// <para>
    /// An idempotency key whose operation was deleted creates a new operation with the same ID. Unexpired status URLs of the old operation
    /// open the new document. A waiting message of the old operation does not run: it is deleted (event 408).
    /// </para>
    /// </remarks>
    Task DeleteAsync(string id, CancellationToken cancellationToken = default);
}

/// <summary>The options for accepting one operation.</summary>
public sealed class AcceptOptions
{
    /// <summary>
    /// Gets or sets a function that returns, for an operation's ID, the location of its result relative to the operation URL, such as
    /// <c>id => $"/order/{id}"</c>.
    /// </summary>
    /// <value>
    /// <see langword="null"/> by default: the handler can set the location. The accept fails if the location does not leave about 350 bytes
    /// of <see cref="OffloadedPollingOptions.MaxDocumentBytes"/> for the document's own end.
    /// </value>
    public Func<string, string>? ResourceLocation { get; set; }

    /// <summary>
    /// Gets or sets the key that identifies repeated requests, such as the <c>Idempotency-Key</c> header of the request. The same scope,
    /// key and payload return the same operation for at least <see cref="OffloadedPollingOptions.Retention"/>.
    /// </summary>
    /// <value>
    /// At least 16 characters, unique within the scope, such as a UUID. <see langword="null"/> by default: every accept is a new operation.
    /// </value>
    /// <remarks>https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/</remarks>
    public string? IdempotencyKey { get; set; }

    /// <summary>
    /// Gets or sets the scope of <see cref="IdempotencyKey"/>, such as the authenticated user. It prevents a caller from getting another
    /// caller's operation with the same key.
    /// </summary>
    /// <value>Required if a key is set.</value>
    public string? IdempotencyScope { get; set; }
}
