using System.CommandLine.Parsing;
using System.Globalization;

namespace OrderClient;

/// <summary>Reads the values of options.</summary>
internal static class Values
{
    public const int MostOrders = 10_000;

    private static readonly TimeSpan _longestTimeout = TimeSpan.FromDays(49);

    /// <summary>Returns the value, or adds an error that describes valid values.</summary>
    public static T? Read<T>(ArgumentResult result, string wanted, Func<string, T?> parse)
        where T : class => Parsed(result, wanted, parse(Text(result)));

    /// <inheritdoc cref="Read{T}(ArgumentResult, string, Func{string, T})"/>
    public static T Read<T>(ArgumentResult result, string wanted, Func<string, T?> parse)
        where T : struct => Parsed(result, wanted, parse(Text(result))).GetValueOrDefault();

    /// <summary>Reads a host's address. A slash is added at the end, so that relative URLs stay below its path.</summary>
    public static Uri? HttpAddress(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var address)
        && (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps)
            ? new Uri($"{address.GetLeftPart(UriPartial.Path).TrimEnd('/')}/")
            : null;

    public static int? Count(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count is > 0 and <= MostOrders ? count : null;

    // .NET reads a single number as days.
    public static TimeSpan? Timeout(string text) =>
        text.Contains(':', StringComparison.Ordinal) && TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var timeout)
        && timeout > TimeSpan.Zero && timeout <= _longestTimeout
            ? timeout
            : null;

    private static string Text(ArgumentResult result) => result.Tokens[^1].Value;

    private static T Parsed<T>(ArgumentResult result, string wanted, T value)
    {
        if (value is null)
        {
            result.AddError($"{(result.Parent as OptionResult)?.IdentifierToken?.Value} is '{Text(result)}'. Set it to {wanted}.");
        }

        return value;
    }
}
