namespace OffloadedPolling.AspNetCore;

/// <summary>Results for endpoints that accept operations.</summary>
public static class OperationResults
{
    /// <summary>Accepts one operation and renders the answer.</summary>
    /// <typeparam name="TPayload">The payload type that the operation's kind was added with.</typeparam>
    /// <param name="operations">The library.</param>
    /// <param name="payload">What the handler needs, validated by the host.</param>
    /// <param name="cancellationToken">The token to monitor for cancellation requests.</param>
    /// <returns>
    /// 202 with <c>Location</c>, <c>Operation-Location</c>, <c>Retry-After</c> and an <see cref="AcceptedOperation"/>; 413 where the
    /// payload is over the queue's limit; 400 where it has characters that no queue carries; 503 with <c>Retry-After</c> where store or
    /// queue is down; 500 where <see cref="AcceptOptions.ResourceLocation"/> is too long for the status document. 500 and 503 are logged.
    /// Errors are RFC 9457 problems.
    /// </returns>
    public static Task<AcceptOperationResult> AcceptAsync<TPayload>(
        IOffloadedOperations operations, TPayload payload, CancellationToken cancellationToken = default)
        where TPayload : notnull => AcceptAsync(operations, payload, new AcceptOptions(), cancellationToken);

    /// <inheritdoc cref="AcceptAsync{TPayload}(IOffloadedOperations, TPayload, CancellationToken)"/>
    /// <param name="operations">The library.</param>
    /// <param name="payload">What the handler needs, validated by the host.</param>
    /// <param name="options">What there is to say about this operation.</param>
    /// <param name="cancellationToken">The token to monitor for cancellation requests.</param>
    /// <returns>
    /// As without options; with an idempotency key also 202 for the operation that came of it before, 400 where it has fewer than 16
    /// characters, and 422 where it came before with another payload.
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

    /// <summary>Renders an operation that the host accepted by itself.</summary>
    /// <param name="accepted">What <see cref="IOffloadedOperations"/> returned.</param>
    /// <returns>202 with <c>Location</c>, <c>Operation-Location</c>, <c>Retry-After</c> and the operation as body.</returns>
    public static AcceptOperationResult Accepted(AcceptedOperation accepted)
    {
        ArgumentNullException.ThrowIfNull(accepted);
        return new AcceptOperationResult(accepted);
    }
}
