namespace OffloadedPolling;

/// <summary>What a host does with operations: accepts them, reads them, and hands out their status URLs.</summary>
public interface IOffloadedOperations
{
    /// <summary>The names of the operation kinds that this host knows.</summary>
    IReadOnlyList<string> Kinds { get; }

    /// <summary>Accepts one operation: estimates it, creates its status document, issues its status URL and sends its message.</summary>
    /// <typeparam name="TPayload">The payload type that the operation's kind was added with.</typeparam>
    /// <param name="payload">What the handler needs. It becomes the message's body.</param>
    /// <param name="cancellationToken">
    /// The token to monitor for cancellation requests. A document whose creation has begun is ended as <c>Failed</c>, in the background if
    /// need be.
    /// </param>
    /// <returns>Where the caller can look, and when.</returns>
    /// <exception cref="ArgumentException">No kind was added for <typeparamref name="TPayload"/>.</exception>
    /// <exception cref="PayloadTooLargeException">
    /// The message is larger than the queue takes. Nothing was sent; a status document that was created before the queue refused the
    /// message says <c>Failed</c>.
    /// </exception>
    /// <exception cref="InvalidPayloadException">
    /// The payload has characters that no queue carries, where they cannot be escaped. As above.
    /// </exception>
    /// <exception cref="OperationStoreException">
    /// The status document could not be created, or not within <see cref="OffloadedPollingOptions.AcceptTimeout"/>; or accepts of the kind
    /// are refused for some seconds because several in a row ran into it. Nothing was sent. A document that was created all the same is
    /// ended as <c>Failed</c> in the background.
    /// </exception>
    /// <exception cref="StatusDocumentRefusedException">A policy refuses the status document. Nothing was created or sent.</exception>
    /// <exception cref="StatusDocumentTooLargeException">
    /// <see cref="AcceptOptions.ResourceLocation"/> is so long that the status document is too large, or leaves too little room for its own
    /// end. Nothing was created or sent.
    /// </exception>
    /// <exception cref="StatusUrlException">No URL could be signed. Nothing was sent; the status document says <c>Failed</c>.</exception>
    /// <exception cref="OperationQueueException">
    /// The message could not be sent. The status document says <c>Failed</c>, unless it came through all the same and a worker has begun.
    /// </exception>
    Task<AcceptedOperation> AcceptAsync<TPayload>(TPayload payload, CancellationToken cancellationToken = default)
        where TPayload : notnull;

    /// <inheritdoc cref="AcceptAsync{TPayload}(TPayload, CancellationToken)"/>
    /// <param name="payload">What the handler needs. It becomes the message's body.</param>
    /// <param name="options">What there is to say about this one.</param>
    /// <param name="cancellationToken">
    /// The token to monitor for cancellation requests. A document whose creation has begun is ended as <c>Failed</c>; with a key, its
    /// message is sent. Either happens in the background if need be.
    /// </param>
    /// <returns>
    /// Where the caller can look, and when. With a key that came before: the operation that there is, whatever has become of it.
    /// </returns>
    /// <exception cref="ArgumentException">
    /// No kind was added for <typeparamref name="TPayload"/>, or <see cref="AcceptOptions.IdempotencyKey"/> is set without its scope.
    /// </exception>
    /// <exception cref="InvalidIdempotencyKeyException">The key has fewer than 16 characters.</exception>
    /// <exception cref="IdempotencyConflictException">The key came before, with another payload.</exception>
    /// <remarks>
    /// With <see cref="AcceptOptions.IdempotencyKey"/>, a failed accept can be repeated: where no URL could be signed, or the message could
    /// not be sent, the document stays <c>NotStarted</c>, and the next accept with the key sends the message. If the accept was canceled or
    /// ran into <see cref="OffloadedPollingOptions.AcceptTimeout"/>, or the outcome of the creation is unknown, the message is sent in the
    /// background. A message that comes twice does no harm. Where the queue refuses the message itself, for its size or its characters, the
    /// document says <c>Failed</c>.
    /// </remarks>
    Task<AcceptedOperation> AcceptAsync<TPayload>(TPayload payload, AcceptOptions options, CancellationToken cancellationToken = default)
        where TPayload : notnull;

    /// <summary>Reads an operation's status document.</summary>
    /// <param name="id">The operation's id.</param>
    /// <param name="cancellationToken">The token to monitor for cancellation requests.</param>
    /// <returns>The document, or <see langword="null"/> if there is none.</returns>
    /// <exception cref="OperationStoreException">The store could not be read.</exception>
    /// <exception cref="InvalidStatusDocumentException">What lies there is no status document.</exception>
    Task<OperationStatus?> GetAsync(string id, CancellationToken cancellationToken = default);

    /// <summary>Issues a fresh status URL to an operation.</summary>
    /// <param name="id">The operation's id.</param>
    /// <param name="cancellationToken">The token to monitor for cancellation requests.</param>
    /// <returns>The operation as it is, with its new URL, or <see langword="null"/> if there is none.</returns>
    /// <exception cref="OperationStoreException">The store could not be read.</exception>
    /// <exception cref="InvalidStatusDocumentException">What lies there is no status document.</exception>
    /// <exception cref="StatusUrlException">No URL could be signed.</exception>
    Task<AcceptedOperation?> RenewUrlAsync(string id, CancellationToken cancellationToken = default);

    /// <summary>
    /// Asks for an operation to be canceled. One that waits is <c>Canceled</c> at once and never runs. Of one that runs, the handler's
    /// token fires within half of a visibility timeout, or at its next progress; it is <c>Canceled</c> if the handler ends by that.
    /// </summary>
    /// <param name="id">The operation's id.</param>
    /// <param name="cancellationToken">The token to monitor for cancellation requests.</param>
    /// <returns>
    /// The document after it: <c>Canceled</c>; <c>Running</c>, if it is asked for; <c>Succeeded</c> or <c>Failed</c>, if it came too late.
    /// <see langword="null"/> if there is no such operation.
    /// </returns>
    /// <exception cref="OperationStatusConflictException">Other writers came first too often. Ask again.</exception>
    /// <exception cref="OperationStoreException">The store could not be read or written.</exception>
    /// <exception cref="InvalidStatusDocumentException">What lies there is no status document.</exception>
    Task<OperationStatus?> CancelAsync(string id, CancellationToken cancellationToken = default);

    /// <summary>
    /// Deletes an operation's status document, and with it all that its status URLs open: no URL can be revoked but by this. Deleting one
    /// that is gone, or never was, does nothing.
    /// </summary>
    /// <param name="id">The operation's id.</param>
    /// <param name="cancellationToken">The token to monitor for cancellation requests. Whether it was deleted is then unknown.</param>
    /// <returns>A task that ends when no status URL opens the document any more.</returns>
    /// <exception cref="OperationStoreException">The store could not be reached, or refuses.</exception>
    /// <remarks>
    /// It does not end the work. A handler that runs goes on, and what it comes to is not written (event 424); a message that still waits
    /// is never run (event 412), and dead-letters if the queue has a redrive policy. To stop the work as well, cancel it first and delete
    /// it when it has ended.
    /// <para>
    /// An idempotency key whose operation was deleted creates a new operation with the same id. Status URLs of the old operation that have
    /// not expired open the new document. A message of the old operation that still waits does not run: it is deleted (event 408).
    /// </para>
    /// </remarks>
    Task DeleteAsync(string id, CancellationToken cancellationToken = default);
}
