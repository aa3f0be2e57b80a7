namespace OffloadedPolling;

/// <summary>A duration profile as a store holds it.</summary>
/// <param name="Profile">What was written. Stores do not look into it.</param>
/// <param name="Version">The version (on S3 the ETag) to pass to <see cref="IDurationProfileStore.WriteAsync"/>.</param>
public sealed record StoredDurationProfile(ReadOnlyMemory<byte> Profile, string Version)
{
    /// <summary>The most bytes that a profile may have. It usually has a few hundred.</summary>
    public const int MaxBytes = 64 * 1024;
}
