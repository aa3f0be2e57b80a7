namespace OffloadedPolling.Settings;

/// <summary>A settings section of a provider, within the section that was passed to <c>AddOffloadedPolling</c>.</summary>
/// <param name="Name">Its name: <c>S3</c>.</param>
internal sealed record ProviderSection(string Name);
