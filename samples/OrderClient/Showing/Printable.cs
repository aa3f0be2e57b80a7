namespace OrderClient;

/// <summary>Makes text from other programs safe for the terminal: one short line without control characters.</summary>
internal static class Printable
{
    private const int Longest = 300;

    public static string? Line(string? words) =>
        words is null ? null : string.Concat(Cut(words).Select(letter => char.IsControl(letter) ? ' ' : letter));

    private static string Cut(string words)
    {
        if (words.Length <= Longest)
        {
            return words;
        }

        // Do not split a surrogate pair.
        var end = char.IsHighSurrogate(words[Longest - 1]) ? Longest - 1 : Longest;
        return $"{words[..end]}…";
    }
}
