namespace OffloadedPolling;

/// <summary>What a host may say about one operation when it accepts it.</summary>
public sealed class AcceptOptions
{
    /// <summary>
    /// Makes, from the operation's id, the address where its outcome will be had, relative to the operation URL:
    /// <c>id => $"/order/{id}"</c>.
    /// </summary>
    /// <value>
    /// <see langword="null"/> unless set: the handler may still set it. It must leave room in the status document for the document's own
    /// end, some 350 bytes of <see cref="OffloadedPollingOptions.MaxDocumentBytes"/>; otherwise the accept fails.
    /// </value>
    public Func<string, string>? ResourceLocation { get; set; }

    /// <summary>
    /// What the caller says to mean the same operation by when it asks again, such as the request's <c>Idempotency-Key</c> header: the same
    /// scope, key and payload give the same operation for <see cref="OffloadedPollingOptions.Retention"/> at least.
    /// </summary>
    /// <value>
    /// At least 16 characters that nobody else of the same scope makes: a UUID. <see langword="null"/> unless set: every accept is a new
    /// operation.
    /// </value>
    /// <remarks>https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/</remarks>
    public string? IdempotencyKey { get; set; }

    /// <summary>
    /// Within what <see cref="IdempotencyKey"/> counts, so that no caller meets another's operation by using the same key: the
    /// authenticated user.
    /// </summary>
    /// <value>Required with a key.</value>
    public string? IdempotencyScope { get; set; }
}
