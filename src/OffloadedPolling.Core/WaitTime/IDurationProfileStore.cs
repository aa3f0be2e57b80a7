namespace OffloadedPolling;

/// <summary>
/// Stores the measured durations of each operation kind in one small document per kind. Workers write it, and hosts read it.
/// </summary>
/// <remarks>
/// Implementations
/// <list type="bullet">
/// <item>MUST be thread-safe, and safe across processes: every write is a compare-and-swap;</item>
/// <item>MUST NOT return before a write is durable;</item>
/// <item>MUST recognize their own write if the server reports a conflict after an internal retry;</item>
/// <item>MUST refuse profiles that are larger than <see cref="StoredDurationProfile.MaxBytes"/>;</item>
/// <item>MUST return what was written byte for byte, and MUST NOT interpret it;</item>
/// <item>MUST keep profiles separate from the status documents, so that no retention deletes them.</item>
/// </list>
/// Without a store, everything works, but estimates use only the expected durations in the settings.
/// </remarks>
public interface IDurationProfileStore
{
    /// <summary>Reads a kind's profile.</summary>
    /// <param name="kind">The kind's name.</param>
    /// <param name="cancellationToken">The token to monitor for cancellation requests.</param>
    /// <returns>The newest profile with its version, or <see langword="null"/> if there is none.</returns>
    /// <exception cref="OperationStoreException">The store could not be reached or refused the request.</exception>
    Task<StoredDurationProfile?> GetAsync(string kind, CancellationToken cancellationToken);

    /// <summary>Reads a kind's profile if its version differs from the known version.</summary>
    /// <param name="kind">The kind's name.</param>
    /// <param name="version">The known version.</param>
    /// <param name="cancellationToken">The token to monitor for cancellation requests.</param>
    /// <returns>
    /// The newest profile with its version; <see langword="null"/> if the version is unchanged or the profile is deleted.
    /// </returns>
    /// <exception cref="OperationStoreException">The store could not be reached or refused the request.</exception>
    Task<StoredDurationProfile?> GetIfChangedAsync(string kind, string version, CancellationToken cancellationToken);

    /// <summary>Writes a kind's profile if it still has the version that was read.</summary>
    /// <param name="kind">The kind's name.</param>
    /// <param name="profile">The new profile.</param>
    /// <param name="version">The version that was read. If <see langword="null"/>, the profile is written only if there is none.</param>
    /// <param name="cancellationToken">
    /// The token to monitor for cancellation requests. If canceled, it is unknown whether the profile was written.
    /// </param>
    /// <returns>The profile with its new version, or <see langword="null"/> if another writer was faster. Then read it again.</returns>
    /// <exception cref="OperationStoreException">
    /// The store could not be reached or refused the request, or the profile is too large.
    /// </exception>
    Task<StoredDurationProfile?> WriteAsync(
        string kind, ReadOnlyMemory<byte> profile, string? version, CancellationToken cancellationToken);
}

/// <summary>A duration profile as a store holds it.</summary>
/// <param name="Profile">The bytes as written. Stores do not interpret them.</param>
/// <param name="Version">The version (on S3 the ETag) to pass to <see cref="IDurationProfileStore.WriteAsync"/>.</param>
public sealed record StoredDurationProfile(ReadOnlyMemory<byte> Profile, string Version)
{
    /// <summary>The maximum size of a profile, in bytes. Most profiles have a few hundred bytes.</summary>
    public const int MaxBytes = 64 * 1024;
}
