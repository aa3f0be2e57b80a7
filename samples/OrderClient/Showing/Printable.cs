namespace OrderClient;

/// <summary>Words of others on this terminal: one line, and nothing that moves its cursor.</summary>
internal static class Printable
{
    public static string? Line(string? words) =>
        words is null ? null : string.Concat(words.Select(letter => char.IsControl(letter) ? ' ' : letter));
}
