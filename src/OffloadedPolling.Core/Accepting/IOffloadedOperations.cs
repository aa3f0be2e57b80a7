namespace OffloadedPolling;

/// <summary>Accepts operations, reads them, and issues their status URLs.</summary>
public interface IOffloadedOperations
{
    /// <summary>Gets the names of the operation kinds that this host knows.</summary>
    IReadOnlyList<string> Kinds { get; }

    /// <summary>Accepts one operation: estimates it, creates its status document, issues its status URL and sends its message.</summary>
    /// <typeparam name="TPayload">The payload type that the operation's kind was added with.</typeparam>
    /// <param name="payload">The payload for the handler. It becomes the message's body.</param>
    /// <param name="cancellationToken">
    /// The token to monitor for cancellation requests. If canceled, a document whose creation has begun is ended as <c>Failed</c>, if
    /// necessary in the background.
    /// </param>
    /// <returns>The status URL, and when to poll it.</returns>
    /// <exception cref="ArgumentException">No kind was added for <typeparamref name="TPayload"/>.</exception>
    /// <exception cref="PayloadTooLargeException">
    /// The message is larger than the queue takes. Nothing was sent. If the queue itself refused the message, there is a status document,
    /// which says <c>Failed</c>.
    /// </exception>
    /// <exception cref="InvalidPayloadException">
    /// The payload has characters that no queue carries, where they cannot be escaped. The same applies as for a payload that is too large.
    /// </exception>
    /// <exception cref="OperationStoreException">
    /// The status document could not be created, or not within <see cref="OffloadedPollingOptions.AcceptTimeout"/>, or accepts of the kind are
    /// refused for some seconds because several in a row ran into it. Nothing was sent. If the document was created after all, it is ended
    /// as <c>Failed</c> in the background.
    /// </exception>
    /// <exception cref="StatusDocumentRefusedException">A policy refuses the status document. Nothing was created or sent.</exception>
    /// <exception cref="StatusDocumentTooLargeException">
    /// <see cref="AcceptOptions.ResourceLocation"/> is so long that the status document is too large, or leaves too little room for its own
    /// end. Nothing was created or sent.
    /// </exception>
    /// <exception cref="StatusUrlException">No URL could be signed. Nothing was sent; the status document says <c>Failed</c>.</exception>
    /// <exception cref="OperationQueueException">
    /// The message could not be sent. The status document says <c>Failed</c>, unless the message was sent after all and a worker has begun.
    /// </exception>
    Task<AcceptedOperation> AcceptAsync<TPayload>(TPayload payload, CancellationToken cancellationToken = default)
        where TPayload : notnull;

    /// <inheritdoc cref="AcceptAsync{TPayload}(TPayload, CancellationToken)"/>
    /// <param name="payload">The payload for the handler. It becomes the message's body.</param>
    /// <param name="options">The options of this operation.</param>
    /// <param name="cancellationToken">
    /// The token to monitor for cancellation requests. If canceled, a document whose creation has begun is ended as <c>Failed</c>; with a
    /// key, its message is sent. If necessary, this happens in the background.
    /// </param>
    /// <returns>The status URL, and when to poll it. With a key that was used before, those of the existing operation.</returns>
    /// <exception cref="ArgumentException">
    /// No kind was added for <typeparamref name="TPayload"/>, or <see cref="AcceptOptions.IdempotencyKey"/> is set without its scope.
    /// </exception>
    /// <exception cref="InvalidIdempotencyKeyException">The key has fewer than 16 characters.</exception>
    /// <exception cref="IdempotencyConflictException">The key was used before, with another payload.</exception>
    /// <remarks>
    /// With <see cref="AcceptOptions.IdempotencyKey"/>, a failed accept can be repeated. If no URL could be signed, or the message could
    /// not be sent, the document stays <c>NotStarted</c>, and the next accept with the key sends the message. If the accept was canceled or
    /// ran into <see cref="OffloadedPollingOptions.AcceptTimeout"/>, or the outcome of the creation is unknown, the message is sent in the
    /// background. A message that is sent twice does no harm. If the queue refuses the message for its size or its characters, the document
    /// says <c>Failed</c>.
    /// </remarks>
    Task<AcceptedOperation> AcceptAsync<TPayload>(TPayload payload, AcceptOptions options, CancellationToken cancellationToken = default)
        where TPayload : notnull;

    /// <summary>Reads an operation's status document.</summary>
    /// <param name="id">The operation's id.</param>
    /// <param name="cancellationToken">The token to monitor for cancellation requests.</param>
    /// <returns>The document, or <see langword="null"/> if there is none.</returns>
    /// <exception cref="OperationStoreException">The store could not be read.</exception>
    /// <exception cref="InvalidStatusDocumentException">The stored object is not a status document.</exception>
    Task<OperationStatus?> GetAsync(string id, CancellationToken cancellationToken = default);

    /// <summary>Issues a new status URL for an operation.</summary>
    /// <param name="id">The operation's id.</param>
    /// <param name="cancellationToken">The token to monitor for cancellation requests.</param>
    /// <returns>The operation with its new URL, or <see langword="null"/> if there is none.</returns>
    /// <exception cref="OperationStoreException">The store could not be read.</exception>
    /// <exception cref="InvalidStatusDocumentException">The stored object is not a status document.</exception>
    /// <exception cref="StatusUrlException">No URL could be signed.</exception>
    Task<AcceptedOperation?> RenewUrlAsync(string id, CancellationToken cancellationToken = default);

    /// <summary>
    /// Requests that an operation is canceled. One that waits becomes <c>Canceled</c> at once and never runs. If it runs, the handler's
    /// token is canceled within half of a visibility timeout, or at its next progress; if the handler then ends, it becomes
    /// <c>Canceled</c>.
    /// </summary>
    /// <param name="id">The operation's id.</param>
    /// <param name="cancellationToken">The token to monitor for cancellation requests.</param>
    /// <returns>
    /// The document after the request: <c>Canceled</c>; <c>Running</c> if the handler is to end; <c>Succeeded</c> or <c>Failed</c> if it
    /// was too late. <see langword="null"/> if there is no such operation.
    /// </returns>
    /// <exception cref="OperationStatusConflictException">Other writers came first too often. Retry.</exception>
    /// <exception cref="OperationStoreException">The store could not be read or written.</exception>
    /// <exception cref="InvalidStatusDocumentException">The stored object is not a status document.</exception>
    Task<OperationStatus?> CancelAsync(string id, CancellationToken cancellationToken = default);

    /// <summary>
    /// Deletes an operation's status document, so that its status URLs open nothing. There is no other way to revoke a URL. If there is no
    /// such document, nothing happens.
    /// </summary>
    /// <param name="id">The operation's id.</param>
    /// <param name="cancellationToken">
    /// The token to monitor for cancellation requests. If canceled, it is unknown whether the document was deleted.
    /// </param>
    /// <returns>A task that completes when no status URL opens the document any more.</returns>
    /// <exception cref="OperationStoreException">The store could not be reached or refused the request.</exception>
    /// <remarks>
    /// This does not end the work. A running handler continues, and its outcome is not written (event 424). A message that still waits
    /// never runs (event 412), and is dead-lettered if the queue has a redrive policy. To stop the work as well, cancel the operation
    /// first, and delete it when it has ended.
    /// <para>
    /// An idempotency key whose operation was deleted creates a new operation with the same id. Status URLs of the old operation that have
    /// not expired open the new document. A message of the old operation that still waits does not run: it is deleted (event 408).
    /// </para>
    /// </remarks>
    Task DeleteAsync(string id, CancellationToken cancellationToken = default);
}

/// <summary>Options of one operation that is accepted.</summary>
public sealed class AcceptOptions
{
    /// <summary>
    /// Gets or sets a function that returns, for the operation's id, the address of its result, relative to the operation URL:
    /// <c>id => $"/order/{id}"</c>.
    /// </summary>
    /// <value>
    /// <see langword="null"/> by default: the handler can still set it. If it does not leave some 350 bytes of
    /// <see cref="OffloadedPollingOptions.MaxDocumentBytes"/> for the document's own end, the accept fails.
    /// </value>
    public Func<string, string>? ResourceLocation { get; set; }

    /// <summary>
    /// Gets or sets the key by which a repeated request gets the same operation, such as the request's <c>Idempotency-Key</c> header. The
    /// same scope, key and payload give the same operation for at least <see cref="OffloadedPollingOptions.Retention"/>.
    /// </summary>
    /// <value>
    /// At least 16 characters that nobody else in the same scope uses, for example a UUID. <see langword="null"/> by default: every accept
    /// is a new operation.
    /// </value>
    /// <remarks>https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/</remarks>
    public string? IdempotencyKey { get; set; }

    /// <summary>
    /// Gets or sets the scope of <see cref="IdempotencyKey"/>, such as the authenticated user, so that no caller gets another's operation
    /// by using the same key.
    /// </summary>
    /// <value>Required with a key.</value>
    public string? IdempotencyScope { get; set; }
}
