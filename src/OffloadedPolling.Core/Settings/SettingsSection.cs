using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using OffloadedPolling.Settings;

namespace OffloadedPolling;

/// <summary>
/// The configuration section that the host passed to <c>AddOffloadedPolling</c>, if any, and the full names of the settings in it. For
/// implementations of the ports that have settings of their own.
/// </summary>
public sealed class SettingsSection
{
    private const string DefaultPath = "OffloadedPolling";

    private readonly IConfiguration? _configuration;

    internal SettingsSection(IConfiguration? configuration)
    {
        _configuration = configuration;
        Path = (configuration as IConfigurationSection)?.Path ?? DefaultPath;
    }

    /// <summary>Where the section stands in the host's configuration.</summary>
    /// <value><c>OffloadedPolling</c> where the host passed none.</value>
    public string Path { get; }

    /// <summary>The full name of a setting, as a message should call it.</summary>
    /// <param name="key">Its name within the section.</param>
    /// <returns>Its name within the host's configuration.</returns>
    public string NameOf(string key) => $"{Path}:{key}";

    /// <summary>
    /// Binds the section <paramref name="key"/> (empty: the whole) by <paramref name="bind"/>, a call that the configuration binding
    /// generator can see. A key that is no setting, or a value that cannot be read, is an error that names it.
    /// </summary>
    /// <typeparam name="TOptions">Its public properties are the settings that there are.</typeparam>
    /// <param name="key">The section within this one: <c>S3</c>; empty for this one itself.</param>
    /// <param name="bind">Binds it: <c>section => section.Bind(options)</c>. It is not called where the host passed no configuration.</param>
    /// <param name="subsections">Names within the section that others read.</param>
    /// <exception cref="OptionsValidationException">A key is no setting, or a value cannot be read.</exception>
    public void Read<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicProperties)] TOptions>(
        string key, Action<IConfiguration> bind, params ReadOnlySpan<string> subsections)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(bind);
        var section = key.Length == 0 ? _configuration : _configuration?.GetSection(key);
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

    /// <summary>Refuses keys that are no settings in the elements of a list of the section.</summary>
    /// <typeparam name="TElement">Its public properties are the settings that there are.</typeparam>
    /// <param name="key">The list within the section.</param>
    /// <exception cref="OptionsValidationException">A key is no setting.</exception>
    internal void CheckElements<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicProperties)] TElement>(string key)
    {
        foreach (var element in _configuration?.GetSection(key).GetChildren() ?? [])
        {
            RefuseUnknownKeys(typeof(TElement), NameOf($"{key}:{element.Key}"), element, []);
        }
    }

    /// <summary>The names of the sections within <paramref name="key"/>.</summary>
    internal IEnumerable<string> SectionsOf(string key) => _configuration?.GetSection(key).GetChildren().Select(child => child.Key) ?? [];

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

        var wrong = new List<string>();
        foreach (var setting in section.GetChildren())
        {
            if (!known.Contains(setting.Key))
            {
                wrong.Add($"{path}:{setting.Key} is no setting of this version. Remove it, or correct its name; the settings here are {string.Join(", ", known.Order(StringComparer.Ordinal))}.");
            }
            else if (options.GetProperties().FirstOrDefault(each => each.Name.Equals(setting.Key, StringComparison.OrdinalIgnoreCase)) is { } property)
            {
                wrong.AddRange(SettingShape.WrongWith($"{path}:{setting.Key}", property.PropertyType, setting));
            }
        }

        if (wrong.Count > 0)
        {
            throw new OptionsValidationException(path, options, wrong);
        }
    }
}
