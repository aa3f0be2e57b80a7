namespace OffloadedPolling;

/// <summary>Issues temporary credentials for one operation's document, together with where that lies. For endpoints of a host's own.</summary>
public interface IStatusCredentialsIssuer
{
    /// <summary>Issues credentials for the document of one operation.</summary>
    /// <param name="id">The operation's id; any text.</param>
    /// <param name="caller">The authenticated user.</param>
    /// <param name="cancel">Gives up.</param>
    /// <returns>The credentials, or <see langword="null"/> if there is no such operation.</returns>
    /// <exception cref="OperationStoreException">The store could not be read.</exception>
    /// <exception cref="TemporaryCredentialsException">There are no credentials to be had.</exception>
    Task<StatusCredentials?> IssueAsync(string id, string caller, CancellationToken cancel = default);
}
