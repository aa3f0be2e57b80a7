namespace OrderClient;

/// <summary>Words of others on this terminal: one short line, and nothing that moves its cursor.</summary>
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

        // No half of a character.
        var end = char.IsHighSurrogate(words[Longest - 1]) ? Longest - 1 : Longest;
        return $"{words[..end]}…";
    }
}
