namespace OffloadedPolling.Sts;

/// <summary>Issues temporary credentials for one operation's document, with its location. For a host's own endpoints.</summary>
public interface IStatusCredentialsIssuer
{
    /// <summary>Issues credentials for the document of one operation.</summary>
    /// <param name="id">The operation's id; any text.</param>
    /// <param name="caller">The authenticated user.</param>
    /// <param name="refusedAccessKeyId">
    /// The access key id of credentials that S3 refused before they expired; <see langword="null"/> if there are none. See
    /// <see cref="TemporaryCredentialsRequest.RefusedAccessKeyId"/>.
    /// </param>
    /// <param name="cancellationToken">The token to monitor for cancellation requests.</param>
    /// <returns>The credentials, or <see langword="null"/> if there is no such operation.</returns>
    /// <exception cref="OperationStoreException">The store could not be read.</exception>
    /// <exception cref="TemporaryCredentialsException">No credentials could be issued.</exception>
    Task<StatusCredentials?> IssueAsync(
        string id, string caller, string? refusedAccessKeyId = null, CancellationToken cancellationToken = default);
}
