using System.Globalization;

namespace OffloadedPolling.Queue;

/// <summary>The message attribute <c>StatusCreatedAt</c> as text: RFC 3339 in UTC with milliseconds, as in status documents.</summary>
internal static class StatusCreatedAtText
{
    // Other senders may use any RFC 3339 format.
    private static readonly string[] _readable = ["yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz"];

    public static string Format(DateTimeOffset createdAt) =>
        createdAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    /// <summary>Reads an instant and truncates it to milliseconds, the precision of documents.</summary>
    /// <returns><see langword="null"/> for anything else.</returns>
    public static DateTimeOffset? Read(string? text) =>
        DateTimeOffset.TryParseExact(text, _readable, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var read)
            ? DateTimeOffset.FromUnixTimeMilliseconds(read.ToUnixTimeMilliseconds())
            : null;
}
