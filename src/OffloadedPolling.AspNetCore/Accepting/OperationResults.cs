namespace OffloadedPolling.AspNetCore;

/// <summary>Provides results for endpoints that accept operations.</summary>
public static class OperationResults
{
    /// <summary>Accepts an operation and returns the response.</summary>
    /// <typeparam name="TPayload">The payload type that the operation's kind was added with.</typeparam>
    /// <param name="operations">The service that accepts operations.</param>
    /// <param name="payload">The data that the handler needs, validated by the host.</param>
    /// <param name="cancellationToken">The token to monitor for cancellation requests.</param>
    /// <returns>
    /// 202 with <c>Location</c>, <c>Operation-Location</c>, <c>Retry-After</c> and an <see cref="AcceptedOperation"/>, or an RFC 9457
    /// problem.
    /// </returns>
    /// <remarks>
    /// <list type="bullet">
    /// <item>400: the payload has characters that no queue accepts.</item>
    /// <item>403: the request was sent over plain HTTP. See <see cref="OffloadedPollingOptions.RequireHttps"/>.</item>
    /// <item>413: the payload is larger than the queue accepts.</item>
    /// <item>500: <see cref="AcceptOptions.ResourceLocation"/> is too long for the status document. The error is logged.</item>
    /// <item>502: the idempotency key belongs to an operation whose status document cannot be read. The error is logged.</item>
    /// <item>
    /// 503 with <c>Retry-After</c>: the store, the queue or the credentials are unavailable, or the accept timed out. The error is logged.
    /// </item>
    /// </list>
    /// </remarks>
    /// <exception cref="StatusDocumentRefusedException">
    /// A policy refused the status document. The host decides the response.
    /// </exception>
    public static Task<AcceptOperationResult> AcceptAsync<TPayload>(
        IOffloadedOperations operations, TPayload payload, CancellationToken cancellationToken = default)
        where TPayload : notnull => AcceptAsync(operations, payload, new AcceptOptions(), cancellationToken);

    /// <inheritdoc
    ///   cref="AcceptAsync{TPayload}(IOffloadedOperations, TPayload, CancellationToken)"
    ///   path="/*[not(self::param or self::returns)]"/>
    /// <param name="operations">The service that accepts operations.</param>
    /// <param name="payload">The data that the handler needs, validated by the host.</param>
    /// <param name="options">The options for this operation.</param>
    /// <param name="cancellationToken">The token to monitor for cancellation requests.</param>
    /// <returns>
    /// The same as without options. With an idempotency key, a repeated request gets 202 for the same operation. A key of fewer than 16
    /// characters gets 400, and a key that was used with another payload gets 422.
    /// </returns>
    public static async Task<AcceptOperationResult> AcceptAsync<TPayload>(
        IOffloadedOperations operations, TPayload payload, AcceptOptions options, CancellationToken cancellationToken = default)
        where TPayload : notnull
    {
        ArgumentNullException.ThrowIfNull(operations);
        try
        {
            return new AcceptOperationResult(await operations.AcceptAsync(payload, options, cancellationToken).ConfigureAwait(false));
        }
        catch (OffloadedPollingException refused) when (FailureProblem.IsKnown(refused))
        {
            return new AcceptOperationResult(refused);
        }
    }

    /// <summary>Returns the response for an operation that the host has already accepted.</summary>
    /// <param name="accepted">The operation that <see cref="IOffloadedOperations"/> returned.</param>
    /// <returns>202 with <c>Location</c>, <c>Operation-Location</c>, <c>Retry-After</c> and the operation as body.</returns>
    public static AcceptOperationResult Accepted(AcceptedOperation accepted)
    {
        ArgumentNullException.ThrowIfNull(accepted);
        return new AcceptOperationResult(accepted);
    }
}
