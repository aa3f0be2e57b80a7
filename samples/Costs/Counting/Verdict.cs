using System.Globalization;

namespace Costs;

/// <summary>Writes one sentence: whether S3 is worth it, and from how many polls per write.</summary>
internal static class Verdict
{
    public static string Of(Workload work, PriceList prices, Bill api, Bill s3, decimal? breakEven)
    {
        var costs = Words($"S3 costs {s3.Total:0.00} {prices.Currency} a month where {Article(api)} costs {api.Total:0.00}");
        var worth = Worth(api, s3);
        return breakEven switch
        {
            null when worth == IsWorthIt => $"{worth}: {costs}, but a poll does not cost less at S3, so with more polls it costs more.",
            null => $"{worth}: {costs}, and a poll does not cost less at S3. More polls do not change that.",
            0 => $"{worth}: {costs}. It is worth it from the first poll, because S3 does not cost more even without polls.",
            { } from => $"{worth}: {costs}. It is worth it from {Apart(from, work.Polls / work.Writes)}.",
        };
    }

    private const string IsWorthIt = "Worth it";

    // Compares the exact costs, as the break-even does, and the rounded totals, which may show no difference or the opposite one.
    private static string Worth(Bill api, Bill s3) => (s3.Total.CompareTo(api.Total), s3.Exact.CompareTo(api.Exact)) switch
    {
        (< 0, < 0) => IsWorthIt,
        (> 0, > 0) => "Not worth it",
        _ => "It makes no difference",
    };

    // Uses enough decimals to show that the two differ.
    private static string Apart(decimal from, decimal have)
    {
        var decimals = Enumerable.Range(1, 3).FirstOrDefault(digits => Math.Round(from, digits) != Math.Round(have, digits), 3);
        return Words($"{Math.Round(from, decimals):0.0##} polls per write, and you have {Math.Round(have, decimals):0.###}");
    }

    private static string Article(Bill api) => api.Name.StartsWith('H') ? $"an {api.Name}" : $"a {api.Name}";

    private static string Words(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
