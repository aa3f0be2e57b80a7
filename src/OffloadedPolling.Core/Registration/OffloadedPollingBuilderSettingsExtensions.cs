using OffloadedPolling.Settings;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>For providers: implementations of the ports that have settings of their own.</summary>
public static class OffloadedPollingBuilderSettingsExtensions
{
    /// <summary>
    /// Adds the settings section of a provider, such as <c>OffloadedPolling:Redis</c>. Without it, the start refuses the section as unknown.
    /// Read it with <see cref="OffloadedPolling.SettingsSection.Read{TOptions}"/>.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <param name="name">The section's name within the one that was passed to <c>AddOffloadedPolling</c>: <c>Redis</c>.</param>
    /// <returns>The builder.</returns>
    public static IOffloadedPollingBuilder AddSettingsSection(this IOffloadedPollingBuilder builder, string name)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(name);
        builder.Services.AddSingleton(new ProviderSection(name));
        return builder;
    }
}
