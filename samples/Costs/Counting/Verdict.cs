using System.Globalization;

namespace Costs;

/// <summary>One plain sentence: worth it or not, and from how many polls per write on.</summary>
internal static class Verdict
{
    public static string Of(Workload work, PriceList prices, Bill api, Bill s3, decimal? breakEven)
    {
        var costs = Words($"S3 costs {s3.Total:0.00} {prices.Currency} a month where {Article(api)} costs {api.Total:0.00}");
        var worth = Worth(api, s3);
        return breakEven switch
        {
            null when worth == IsWorthIt => $"{worth}: {costs}, but a poll costs no less at S3: with more polls it costs more.",
            null => $"{worth}: {costs}, and a poll costs no less at S3, whatever the number of polls.",
            0 => $"{worth}: {costs}, from the first poll on, as S3 costs no more without any poll either.",
            { } from => $"{worth}: {costs}; it is from {Apart(from, work.Polls / work.Writes)}.",
        };
    }

    private const string IsWorthIt = "Worth it";

    // By the exact costs, as the break-even. Cents, each rounded, may turn a difference around that is smaller than they are.
    private static string Worth(Bill api, Bill s3) => (s3.Total.CompareTo(api.Total), s3.Exact.CompareTo(api.Exact)) switch
    {
        (< 0, < 0) => IsWorthIt,
        (> 0, > 0) => "Not worth it",
        _ => "It makes no difference",
    };

    // With enough decimals to show that the two differ.
    private static string Apart(decimal from, decimal have)
    {
        var decimals = Enumerable.Range(1, 3).FirstOrDefault(digits => Math.Round(from, digits) != Math.Round(have, digits), 3);
        return Words($"{Math.Round(from, decimals):0.0##} polls per write on, and you have {Math.Round(have, decimals):0.###}");
    }

    private static string Article(Bill api) => api.Name.StartsWith('H') ? $"an {api.Name}" : $"a {api.Name}";

    private static string Words(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
