using System.CommandLine.Parsing;
using System.Globalization;

namespace Costs;

/// <summary>Reads the values of options.</summary>
internal static class Values
{
    public static long Whole(ArgumentResult result, long least, long most)
    {
        if (long.TryParse(Text(result), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number >= least && number <= most)
        {
            return number;
        }

        Refuse(result, string.Create(CultureInfo.InvariantCulture, $"a whole number from {least} to {most}"));
        return 0;
    }

    public static decimal Number(ArgumentResult result, decimal least, decimal most)
    {
        if (decimal.TryParse(Text(result), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            && number >= least && number <= most)
        {
            return number;
        }

        Refuse(result, string.Create(CultureInfo.InvariantCulture, $"a number from {least} to {most}, such as {Math.Max(least, 1.5m)}"));
        return 0;
    }

    private static string Text(ArgumentResult result) => result.Tokens[^1].Value;

    private static void Refuse(ArgumentResult result, string wanted) =>
        result.AddError($"{(result.Parent as OptionResult)?.IdentifierToken?.Value} is '{Text(result)}'. Set it to {wanted}.");
}
