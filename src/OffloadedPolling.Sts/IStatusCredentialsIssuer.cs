namespace OffloadedPolling.Sts;

/// <summary>
/// Issues temporary credentials for one operation's document, with the document's location. The host's own endpoints can use it.
/// </summary>
public interface IStatusCredentialsIssuer
{
    /// <summary>Issues credentials for the document of one operation.</summary>
    /// <param name="id">The ID of the operation. Any text is allowed.</param>
    /// <param name="caller">The authenticated user.</param>
    /// <param name="refusedAccessKeyId">
    /// The access key ID of credentials that S3 rejected before they expired, or <see langword="null"/>. See
    /// <see cref="TemporaryCredentialsRequest.RefusedAccessKeyId"/>.
    /// </param>
    /// <param name="cancellationToken">The token to monitor for cancellation requests.</param>
    /// <returns>The credentials, or <see langword="null"/> if the operation does not exist.</returns>
    /// <exception cref="OperationStoreException">The store could not be read.</exception>
    /// <exception cref="TemporaryCredentialsException">No credentials could be issued.</exception>
    Task<StatusCredentials?> IssueAsync(
        string id, string caller, string? refusedAccessKeyId = null, CancellationToken cancellationToken = default);
}
