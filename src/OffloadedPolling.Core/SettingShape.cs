using System.Collections;
using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;

namespace OffloadedPolling;

/// <summary>
/// Finds what the configuration binder accepts although hardly anybody means it: a value for a list or a list for a value, which it
/// ignores, and durations that .NET reads as days: <c>48:00:00</c> is 48 days, and <c>30</c> is 30 days.
/// </summary>
/// <remarks>https://learn.microsoft.com/dotnet/api/system.timespan.parse</remarks>
internal static partial class SettingShape
{
    private const int HoursOfADay = 24;

    private const int MinutesOfAnHour = 60;

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
        if (AmbiguousDuration().Match(text ?? "") is not { Success: true } match
            || !int.TryParse(match.Groups["first"].ValueSpan, CultureInfo.InvariantCulture, out var first))
        {
            return null;
        }

        var rest = match.Groups["rest"].Value;
        if (rest.Length == 0)
        {
            return first == 0
                ? null
                : $"{name} is '{text}', which .NET reads as {first} days. {Choice("seconds", TimeSpan.FromSeconds(first), first)}";
        }

        if (first < HoursOfADay || !TimeSpan.TryParse($"00{rest}", CultureInfo.InvariantCulture, out var minutes))
        {
            return null;
        }

        var hours = TimeSpan.FromHours(first) + minutes;
        var (unit, meant) = rest.Count(':') == 1 ? ("minutes", hours / MinutesOfAnHour) : ("hours", hours);
        return $"{name} is '{text}', which .NET does not read as {first} {unit}. {Choice(unit, meant, first)}";
    }

    private static string Choice(string unit, TimeSpan meant, int first) =>
        $"For {first} {unit}, write {meant:c}; for {first} days, write {first}.00:00:00.";

    [GeneratedRegex(@"\A\s*(?<first>[0-9]{1,8})(?<rest>(:[0-9]{1,2}){0,2})\s*\z")]
    private static partial Regex AmbiguousDuration();
}
