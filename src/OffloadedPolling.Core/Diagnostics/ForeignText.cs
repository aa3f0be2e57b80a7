using System.Globalization;
using System.Text;

namespace OffloadedPolling.Diagnostics;

/// <summary>
/// Text that somebody else wrote, as a log shows it: at most 128 characters, and none that could forge another line or hide what is there.
/// </summary>
internal readonly record struct ForeignText
{
    private const int MaxLength = 128;

    private readonly string? _shown;

    private ForeignText(string? text) => _shown = text is null ? null : Show(text);

    public static implicit operator ForeignText(string? text) => new(text);

    public override string ToString() => _shown ?? "(none)";

    private static string Show(string text)
    {
        var shown = new StringBuilder(Math.Min(text.Length, MaxLength) + 32);
        foreach (var character in text.AsSpan(0, Math.Min(text.Length, MaxLength)))
        {
            shown.Append(IsShown(character) ? character : '\uFFFD');
        }

        if (text.Length > MaxLength)
        {
            shown.Append(CultureInfo.InvariantCulture, $"… ({text.Length:N0} characters)");
        }

        return shown.ToString();
    }

    private static bool IsShown(char character) => char.GetUnicodeCategory(character) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        or UnicodeCategory.Surrogate);
}
