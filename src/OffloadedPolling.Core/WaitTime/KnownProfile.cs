namespace OffloadedPolling.WaitTime;

/// <summary>What the store was found to hold of a kind.</summary>
/// <param name="Profile">The profile; <see langword="null"/> if there is none, or none that can be read.</param>
/// <param name="Version">Its version; <see langword="null"/> if there is none.</param>
/// <param name="IsNewer">Whether a newer version of this library wrote it, which is not to be overwritten.</param>
internal sealed record KnownProfile(DurationProfile? Profile, string? Version, bool IsNewer = false)
{
    public static KnownProfile None { get; } = new(null, null);
}
