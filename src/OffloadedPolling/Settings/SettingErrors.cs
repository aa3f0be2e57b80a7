using System.Globalization;
using Microsoft.Extensions.Options;

namespace OffloadedPolling.Settings;

/// <summary>Gathers everything that is wrong with a set of settings, each with its full name, its value and what to do.</summary>
internal sealed class SettingErrors(SettingsSection settings, string prefix = "")
{
    private readonly List<string> _errors = [];

    public void Add(string key, string wrongAndWhatToDo) => _errors.Add($"{settings.NameOf(prefix + key)} {wrongAndWhatToDo}");

    public void RequireRange(string key, TimeSpan value, TimeSpan least, TimeSpan most)
    {
        if (value >= least && value <= most)
        {
            return;
        }

        // A bare number is a count of days to .NET, which nobody who writes "30" means.
        var hint = value > most && value.TotalDays == Math.Floor(value.TotalDays)
            ? string.Create(CultureInfo.InvariantCulture, $" A bare number means days: for {value.Days} seconds write {TimeSpan.FromSeconds(value.Days)}.")
            : "";
        Add(key, $"is {value}. Set it to between {least} and {most}.{hint}");
    }

    public void RequireRange(string key, int value, int least, int most)
    {
        if (value < least || value > most)
        {
            Add(key, $"is {value}. Set it to between {least} and {most}.");
        }
    }

    public ValidateOptionsResult ToResult() => _errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(_errors);
}
