using Microsoft.Extensions.Options;

namespace OffloadedPolling;

/// <summary>
/// Gathers everything that is wrong with a set of settings, each with its full name, its value and what to do. For implementations of the
/// ports that have settings of their own.
/// </summary>
public sealed class SettingErrors
{
    private readonly SettingsSection _settings;

    private readonly string _prefix;

    private readonly List<string> _errors = [];

    /// <summary>Begins without errors.</summary>
    /// <param name="settings">Knows the settings' full names.</param>
    /// <param name="prefix">What all the settings' names begin with within the section: <c>S3:</c>.</param>
    public SettingErrors(SettingsSection settings, string prefix = "")
    {
        ArgumentNullException.ThrowIfNull(settings);
        (_settings, _prefix) = (settings, prefix);
    }

    /// <summary>Adds an error.</summary>
    /// <param name="key">The setting's name, without the prefix.</param>
    /// <param name="wrongAndWhatToDo">Goes on from the name: <c>is '5', which … Set it to …</c>.</param>
    public void Add(string key, string wrongAndWhatToDo) => _errors.Add($"{_settings.NameOf(_prefix + key)} {wrongAndWhatToDo}");

    /// <summary>Adds an error if a duration is out of range.</summary>
    /// <param name="key">The setting's name, without the prefix.</param>
    /// <param name="value">What it is.</param>
    /// <param name="least">The least that it may be.</param>
    /// <param name="most">The most that it may be.</param>
    public void RequireRange(string key, TimeSpan value, TimeSpan least, TimeSpan most)
    {
        if (value >= least && value <= most)
        {
            return;
        }

        Add(key, $"is {value}. Set it to between {least} and {most}.");
    }

    /// <inheritdoc cref="RequireRange(string, TimeSpan, TimeSpan, TimeSpan)"/>
    public void RequireRange(string key, int value, int least, int most)
    {
        if (value < least || value > most)
        {
            Add(key, $"is {value}. Set it to between {least} and {most}.");
        }
    }

    /// <summary>What a validator returns.</summary>
    /// <returns>All errors, or success if there are none.</returns>
    public ValidateOptionsResult ToResult() => _errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(_errors);
}
