using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Reflection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace OffloadedPolling;

/// <summary>A settings section that is read. The name is relative to the host's section: <c>S3</c>, <c>Operations:orders</c>.</summary>
internal sealed record KnownSection(string Name);

/// <summary>The section that the host passed to <c>AddOffloadedPolling</c>. If it passed several, the first one.</summary>
internal sealed record ConfiguredSection(IConfiguration Section);

/// <summary>The host's section, if any, and the full names of the settings in it.</summary>
internal sealed class SettingsSection(IConfiguration? configuration, params IEnumerable<KnownSection> sections)
{
    // Known in every host, so that hosts with different providers can share one configuration.
    private static readonly string[] _ownSections = ["S3:Bucket", "Sts", "Sqlite", "Queues", "Operations"];

    /// <summary>Gets the path of the section in the host's configuration; <c>OffloadedPolling</c> if the host passed none.</summary>
    public string Path { get; } = (configuration as IConfigurationSection)?.Path ?? "OffloadedPolling";

    /// <summary>Returns the full name of a setting. Empty parts are left out.</summary>
    public string NameOf(params IEnumerable<string?> parts) => Join(parts.Prepend(Path));

    /// <summary>Returns the names of the sections within a section.</summary>
    public IEnumerable<string> SectionsOf(string name) => configuration?.GetSection(name).GetChildren().Select(child => child.Key) ?? [];

    /// <summary>Binds a section; an empty name means the host's section itself.</summary>
    /// <exception cref="OptionsValidationException">A key is not a setting, or a value cannot be read.</exception>
    public void Read<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicProperties)] TOptions>(
        string section, TOptions options, Action<TOptions, IConfiguration> bind)
    {
        if ((section.Length == 0 ? configuration : configuration?.GetSection(section)) is not { } settings)
        {
            return;
        }

        ThrowIfAnyIsUnknown<TOptions>(section, settings);
        try
        {
            bind(options, settings);
        }
        catch (InvalidOperationException unreadable)
        {
            throw new OptionsValidationException(section, typeof(TOptions), [
                $"{unreadable.Message} Write a duration as [d.]hh:mm:ss, such as 00:00:30; a switch as true or false; a number in digits."
                + (unreadable.InnerException is { } cause ? $" ({cause.Message})" : "")]);
        }
    }

    public static string Join(params IEnumerable<string?> parts) => string.Join(':', parts.Where(part => !string.IsNullOrEmpty(part)));

    private void ThrowIfAnyIsUnknown<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicProperties)] TOptions>(
        string section, IConfiguration settings)
    {
        var properties = typeof(TOptions).GetProperties();
        var known = properties.Select(property => property.Name).Union(SectionsWithin(section), StringComparer.OrdinalIgnoreCase).ToList();
        var wrong = settings.GetChildren()
            .SelectMany(setting => WrongWith(setting, NameOf(section, setting.Key), properties, known))
            .ToList();
        if (wrong.Count > 0)
        {
            throw new OptionsValidationException(section, typeof(TOptions), wrong);
        }
    }

    private IEnumerable<string> SectionsWithin(string section) => sections.Select(known => known.Name).Concat(_ownSections)
        .Where(name => section.Length == 0 || name.StartsWith(section + ":", StringComparison.OrdinalIgnoreCase))
        .Select(name => name[(section.Length == 0 ? 0 : section.Length + 1)..].Split(':')[0])
        .Where(name => name.Length > 0);

    private static IEnumerable<string> WrongWith(IConfigurationSection setting, string name, PropertyInfo[] properties, List<string> known)
    {
        if (!known.Contains(setting.Key, StringComparer.OrdinalIgnoreCase))
        {
            return [$"{name} is not a setting of this version. Remove it, or correct its name. "
                + $"The settings here are {string.Join(", ", known.Order(StringComparer.Ordinal))}."];
        }

        var property = Array.Find(properties, each => each.Name.Equals(setting.Key, StringComparison.OrdinalIgnoreCase));
        return property is null ? [] : SettingShape.WrongWith(name, property.PropertyType, setting);
    }
}

internal static class SettingFailures
{
    /// <summary>Creates a validation result from failures; <see langword="null"/> means no failure.</summary>
    public static ValidateOptionsResult ToResult(this IEnumerable<string?> failures)
    {
        var all = failures.OfType<string>().ToList();
        return all.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(all);
    }
}

/// <summary>
/// Finds mistakes that the configuration binder accepts. It ignores a value for a list and a list for a value. It reads some durations as
/// days: <c>48:00:00</c> is 48 days, and <c>30</c> is 30 days.
/// </summary>
/// <remarks>https://learn.microsoft.com/dotnet/api/system.timespan.parse</remarks>
internal static class SettingShape
{
    private const int HoursOfADay = 24;

    // The unit that the first part of a duration seems to have, by the number of parts.
    private static readonly string[] _units = ["second(s)", "minutes", "hours"];

    /// <summary>Returns what is wrong with a setting of a type.</summary>
    public static IEnumerable<string> WrongWith(string name, Type type, IConfigurationSection setting) =>
        type != typeof(string) && type.IsAssignableTo(typeof(IEnumerable)) ? WrongWithList(name, type, setting)
        : (type == typeof(TimeSpan) || type == typeof(TimeSpan?)) && WrongWithDuration(name, setting.Value) is { } wrong ? [wrong]
        : setting.GetChildren().FirstOrDefault() is { } below
            ? [$"{name} is a single value, but {name}:{below.Key} is set. Set {name} itself."]
        : [];

    private static IEnumerable<string> WrongWithList(string name, Type type, IConfigurationSection list)
    {
        if (!string.IsNullOrEmpty(list.Value))
        {
            return [$"{name} is '{list.Value}', but it is a list. Set its first element as {name}:0, the next as {name}:1."];
        }

        var isOfValues = type.GenericTypeArguments is [var element] && element == typeof(string);
        return list.GetChildren().Select(child => WrongWithElement($"{name}:{child.Key}", isOfValues, child)).OfType<string>();
    }

    private static string? WrongWithElement(string name, bool isOfValues, IConfigurationSection element) =>
        !element.Key.All(char.IsAsciiDigit) ? $"{name} is not an element of a list. Elements are numbered: :0, :1 and so on."
        : isOfValues && element.Value is null ? $"{name} is not a single value. Set it to one, or remove it."
        : !isOfValues && !string.IsNullOrEmpty(element.Value)
            ? $"{name} is '{element.Value}', but it has settings of its own. Set those, below it."
        : null;

    private static string? WrongWithDuration(string name, string? text)
    {
        var parts = (text ?? "").Trim().Split(':');
        if (parts.Length > _units.Length || !Array.TrueForAll(parts, part => part.Length is >= 1 and <= 8 && part.All(char.IsAsciiDigit)))
        {
            return null;
        }

        // A single number is days, and so is a first part of 24 or more.
        var numbers = Array.ConvertAll(parts, part => int.Parse(part, CultureInfo.InvariantCulture));
        var (first, unit) = (numbers[0], _units[parts.Length - 1]);
        if (first < (parts.Length == 1 ? 1 : HoursOfADay))
        {
            return null;
        }

        var meant = TimeSpan.FromSeconds(numbers.Aggregate(0L, (sum, number) => (sum * 60) + number));
        var read = parts.Length == 1 ? $"reads as {first} day(s)" : $"does not read as {first} {unit}";
        return $"{name} is '{text}', which .NET {read}. For {first} {unit}, write {meant:c}; for {first} day(s), write {first}.00:00:00.";
    }
}
