using System.Collections;
using Microsoft.Extensions.Configuration;

namespace OffloadedPolling.Settings;

/// <summary>Finds values where lists belong, and lists where values do: the binder passes over both without a word.</summary>
internal static class SettingShape
{
    public static IEnumerable<string> WrongWith(string name, Type type, IConfigurationSection setting) =>
        type != typeof(string) && type.IsAssignableTo(typeof(IEnumerable)) ? WrongWithList(name, type, setting)
        : (type == typeof(TimeSpan) || type == typeof(TimeSpan?)) && DurationText.WrongWith(name, setting.Value) is { } wrong ? [wrong]
        : setting.GetChildren().FirstOrDefault() is { } below ? [$"{name} is one value, and {name}:{below.Key} stands below it. Set {name} itself."]
        : [];

    private static IEnumerable<string> WrongWithList(string name, Type type, IConfigurationSection list)
    {
        if (!string.IsNullOrEmpty(list.Value))
        {
            return [$"{name} is '{list.Value}', and is a list. Set its first element as {name}:0, the next as {name}:1."];
        }

        var isOfValues = type.GenericTypeArguments is [var element] && element == typeof(string);
        return list.GetChildren().Select(child => WrongWithElement($"{name}:{child.Key}", isOfValues, child)).OfType<string>();
    }

    private static string? WrongWithElement(string name, bool isOfValues, IConfigurationSection element) =>
        !element.Key.All(char.IsAsciiDigit) ? $"{name} is no element of a list. Elements are counted: :0, :1 and so on."
        : isOfValues && element.Value is null ? $"{name} is no single value. Set it to one, or remove it."
        : !isOfValues && !string.IsNullOrEmpty(element.Value) ? $"{name} is '{element.Value}', and has settings of its own. Set those, below it."
        : null;
}
