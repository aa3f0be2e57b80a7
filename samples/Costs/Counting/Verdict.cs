using System.Globalization;

namespace Costs;

/// <summary>One plain sentence: worth it or not, and from how many polls per write on.</summary>
internal static class Verdict
{
    public static string Of(Workload work, PriceList prices, Bill api, Bill s3, decimal? breakEven)
    {
        var costs = Words($"S3 costs {s3.Total:0.00} {prices.Currency} a month where {Article(api)} costs {api.Total:0.00}");
        var have = Words($"you have {work.Polls / work.Writes:0.#}");
        return breakEven switch
        {
            null => $"Not worth it: {costs}, and a poll at S3 costs as much as one at the API, whatever the number of polls.",
            0 => $"{Worth(api, s3)}: {costs}, from the first poll on, as a write to S3 costs no more than one to the database.",
            { } from => Words($"{Worth(api, s3)}: {costs}; it is from {from:0.0} polls per write on, and {have}."),
        };
    }

    private static string Worth(Bill api, Bill s3) => s3.Total < api.Total ? "Worth it" : s3.Total > api.Total ? "Not worth it" : "It makes no difference";

    private static string Article(Bill api) => api.Name.StartsWith('H') ? $"an {api.Name}" : $"a {api.Name}";

    private static string Words(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
