using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace OffloadedPolling.Settings;

/// <summary>The configuration section that the host passed, if any, and the full names of the settings in it.</summary>
internal sealed class SettingsSection(IConfiguration? configuration)
{
    private const string DefaultPath = "OffloadedPolling";

    public string Path { get; } = (configuration as IConfigurationSection)?.Path ?? DefaultPath;

    /// <summary>The full name of a setting, as a message should call it.</summary>
    public string NameOf(string key) => $"{Path}:{key}";

    /// <summary>
    /// Binds the section <paramref name="key"/> (empty: the whole) by <paramref name="bind"/>, a call that the configuration binding
    /// generator can see. A key that is no setting, or a value that cannot be read, is an error that names it.
    /// </summary>
    public void Read<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicProperties)] TOptions>(
        string key, Action<IConfiguration> bind, params ReadOnlySpan<string> subsections)
    {
        var section = key.Length == 0 ? configuration : configuration?.GetSection(key);
        if (section is null)
        {
            return;
        }

        RefuseUnknownKeys(typeof(TOptions), key.Length == 0 ? Path : NameOf(key), section, subsections);
        try
        {
            bind(section);
        }
        catch (InvalidOperationException unreadable)
        {
            throw new OptionsValidationException(key, typeof(TOptions), [
                $"{unreadable.Message} Write a duration as [d.]hh:mm:ss, such as 00:00:30, a switch as true or false, and a count as digits."
                + (unreadable.InnerException is { } cause ? $" ({cause.Message})" : "")]);
        }
    }

    private static void RefuseUnknownKeys(
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicProperties)] Type options,
        string path,
        IConfiguration section,
        ReadOnlySpan<string> subsections)
    {
        var known = new HashSet<string>(options.GetProperties().Select(property => property.Name), StringComparer.OrdinalIgnoreCase);
        foreach (var subsection in subsections)
        {
            known.Add(subsection);
        }

        var unknown = section.GetChildren().Select(child => child.Key).Where(key => !known.Contains(key)).ToList();
        if (unknown.Count > 0)
        {
            throw new OptionsValidationException(path, options, unknown.Select(key =>
                $"{path}:{key} is no setting of this version. Remove it, or correct its name; the settings here are {string.Join(", ", known.Order(StringComparer.Ordinal))}."));
        }
    }
}
