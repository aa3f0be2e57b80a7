using System.Globalization;
using System.Text.RegularExpressions;

namespace OffloadedPolling.Settings;

/// <summary>
/// Finds durations that .NET reads as days although hardly anybody means that: <c>48:00:00</c> is 48 days, and <c>30</c> is 30 days.
/// </summary>
/// <remarks>https://learn.microsoft.com/dotnet/api/system.timespan.parse</remarks>
internal static partial class DurationText
{
    private const int HoursOfADay = 24;

    private const int MinutesOfAnHour = 60;

    /// <summary>Returns what is wrong with a duration, or <see langword="null"/> if .NET reads it as it looks.</summary>
    public static string? WrongWith(string name, string? text)
    {
        if (Ambiguous().Match(text ?? "") is not { Success: true } match
            || !int.TryParse(match.Groups["first"].ValueSpan, CultureInfo.InvariantCulture, out var first))
        {
            return null;
        }

        var rest = match.Groups["rest"].Value;
        if (rest.Length == 0)
        {
            return first == 0 ? null : $"{name} is '{text}', which .NET reads as {first} days. {Choice("seconds", TimeSpan.FromSeconds(first), first)}";
        }

        if (first < HoursOfADay || !TimeSpan.TryParse($"00{rest}", CultureInfo.InvariantCulture, out var minutes))
        {
            return null;
        }

        var (what, meant) = rest.Count(':') == 1 ? ("minutes", (TimeSpan.FromHours(first) + minutes) / MinutesOfAnHour) : ("hours", TimeSpan.FromHours(first) + minutes);
        return $"{name} is '{text}', which .NET does not read as {first} {what}. {Choice(what, meant, first)}";
    }

    private static string Choice(string unit, TimeSpan meant, int first) =>
        $"For {first} {unit}, write {meant.ToString("c", CultureInfo.InvariantCulture)}; for {first} days, write {first}.00:00:00.";

    [GeneratedRegex(@"\A\s*(?<first>[0-9]{1,8})(?<rest>(:[0-9]{1,2}){0,2})\s*\z")]
    private static partial Regex Ambiguous();
}
