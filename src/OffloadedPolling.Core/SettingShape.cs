using System.Collections;
using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace OffloadedPolling;

/// <summary>
/// Finds what the configuration binder accepts although hardly anybody means it: a value for a list or a list for a value, which it
/// ignores, and durations that .NET reads as days: <c>48:00:00</c> is 48 days, and <c>30</c> is 30 days.
/// </summary>
/// <remarks>https://learn.microsoft.com/dotnet/api/system.timespan.parse</remarks>
internal static class SettingShape
{
    private const int HoursOfADay = 24;

    // What a duration seems to begin with, by the number of its parts.
    private static readonly string[] _units = ["seconds", "minutes", "hours"];

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

        // A number alone is days, and so is a first part of 24 or more.
        var numbers = Array.ConvertAll(parts, part => int.Parse(part, CultureInfo.InvariantCulture));
        var (first, unit) = (numbers[0], _units[parts.Length - 1]);
        if (first < (parts.Length == 1 ? 1 : HoursOfADay))
        {
            return null;
        }

        var meant = TimeSpan.FromSeconds(numbers.Aggregate(0L, (sum, number) => (sum * 60) + number));
        var read = parts.Length == 1 ? $"reads as {first} days" : $"does not read as {first} {unit}";
        return $"{name} is '{text}', which .NET {read}. For {first} {unit}, write {meant:c}; for {first} days, write {first}.00:00:00.";
    }
}
