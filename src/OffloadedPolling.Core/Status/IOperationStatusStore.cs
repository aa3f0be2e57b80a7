namespace OffloadedPolling;

/// <summary>Stores the status documents.</summary>
/// <remarks>
/// Implementations
/// <list type="bullet">
/// <item>MUST be thread-safe, and safe across processes: every write is a compare-and-swap;</item>
/// <item>MUST NOT return before a write is durable;</item>
/// <item>MUST recognize their own write if the server reports a conflict after an internal retry;</item>
/// <item>MUST refuse documents that are larger than <see cref="OffloadedPollingOptions.MaxDocumentBytes"/> or cannot be serialized or read
/// back: <see cref="StatusDocument.Write"/> checks both;</item>
/// <item>MUST NOT write <see cref="OperationMetadata"/> into the document that callers read.</item>
/// </list>
/// </remarks>
public interface IOperationStatusStore
{
    /// <summary>
    /// Gets the interval at which a worker polls the document of a running operation to notice a cancellation request. It is meant for
    /// stores with cheap reads.
    /// </summary>
    /// <value>
    /// <see langword="null"/> by default: the worker polls only when it extends the message, every half of
    /// <see cref="OperationOptions.VisibilityTimeout"/>, and with each progress that it writes.
    /// </value>
    TimeSpan? WatchInterval => null;

    /// <summary>Returns the status key of an operation. The queue message contains it, and the status URL opens its document.</summary>
    /// <param name="id">The operation's ID, 32 lowercase hexadecimal digits.</param>
    /// <returns>The key, which is the same in every process with the same settings.</returns>
    string GetStatusKey(string id);

    /// <summary>Returns the ID of the operation that a status key belongs to.</summary>
    /// <param name="statusKey">A key from a queue message; any text.</param>
    /// <returns>The operation's ID, or <see langword="null"/> if the text is not a status key of this store.</returns>
    string? GetOperationId(string statusKey);

    /// <summary>Creates a document. If several callers use the same ID, only one succeeds.</summary>
    /// <param name="status">The document.</param>
    /// <param name="metadata">The metadata, which callers do not read.</param>
    /// <param name="cancellationToken">
    /// The token to monitor for cancellation requests. If canceled, it is unknown whether the document was written.
    /// </param>
    /// <returns>The document with its version.</returns>
    /// <exception cref="OperationStatusConflictException">A document with this ID already exists.</exception>
    /// <exception cref="StatusDocumentTooLargeException">It is over the limit.</exception>
    /// <exception cref="StatusDocumentNotSerializableException">It cannot be serialized or read back.</exception>
    /// <exception cref="OperationStoreException">The store could not be reached or refused the request.</exception>
    Task<StoredOperation> CreateAsync(OperationStatus status, OperationMetadata metadata, CancellationToken cancellationToken);

    /// <summary>Reads a document.</summary>
    /// <param name="id">The operation's ID.</param>
    /// <param name="cancellationToken">The token to monitor for cancellation requests.</param>
    /// <returns>The newest document with its version, or <see langword="null"/> if there is none.</returns>
    /// <exception cref="InvalidStatusDocumentException">The stored object is not a status document of this operation.</exception>
    /// <exception cref="OperationStoreException">The store could not be reached or refused the request.</exception>
    Task<StoredOperation?> GetAsync(string id, CancellationToken cancellationToken);

    /// <summary>Reads a document if its version differs from the known version. This method is called often, so it must be cheap.</summary>
    /// <param name="id">The operation's ID.</param>
    /// <param name="version">The known version.</param>
    /// <param name="cancellationToken">The token to monitor for cancellation requests.</param>
    /// <returns>
    /// The newest document with its version; <see langword="null"/> if the version is unchanged or the document is deleted.
    /// </returns>
    /// <exception cref="InvalidStatusDocumentException">The stored object is not a status document of this operation.</exception>
    /// <exception cref="OperationStoreException">The store could not be reached or refused the request.</exception>
    Task<StoredOperation?> GetIfChangedAsync(string id, string version, CancellationToken cancellationToken);

    /// <summary>Replaces a document if it still has the version that was read.</summary>
    /// <param name="status">The new document. It must differ from the one that was read: on S3, the version is a hash of it.</param>
    /// <param name="metadata">The new metadata.</param>
    /// <param name="version">The version that was read.</param>
    /// <param name="cancellationToken">
    /// The token to monitor for cancellation requests. If canceled, it is unknown whether the document was written.
    /// </param>
    /// <returns>The document with its new version.</returns>
    /// <exception cref="OperationStatusConflictException">The document has another version or no longer exists.</exception>
    /// <exception cref="StatusDocumentTooLargeException">It is over the limit.</exception>
    /// <exception cref="StatusDocumentNotSerializableException">It cannot be serialized or read back.</exception>
    /// <exception cref="OperationStoreException">The store could not be reached or refused the request.</exception>
    Task<StoredOperation> UpdateAsync(
        OperationStatus status, OperationMetadata metadata, string version, CancellationToken cancellationToken);

    /// <summary>Deletes a document and its metadata, whatever its version is. If there is no document, does nothing.</summary>
    /// <param name="id">The operation's ID.</param>
    /// <param name="cancellationToken">
    /// The token to monitor for cancellation requests. If canceled, it is unknown whether the document was deleted.
    /// </param>
    /// <returns>A task that completes when the document can no longer be read, even through a status URL.</returns>
    /// <exception cref="OperationStoreException">The store could not be reached or refused the request.</exception>
    Task DeleteAsync(string id, CancellationToken cancellationToken);

    /// <summary>Checks whether the store can be used and is set up correctly.</summary>
    /// <param name="cancellationToken">The token to monitor for cancellation requests.</param>
    /// <returns>What is set up wrongly although the store can be used, and what to do; <see langword="null"/> if nothing is.</returns>
    /// <exception cref="OperationStoreException">The store cannot be used. The message says why.</exception>
    Task<string?> CheckAsync(CancellationToken cancellationToken);
}
