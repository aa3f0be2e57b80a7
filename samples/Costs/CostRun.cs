using System.Text.Json;
using Spectre.Console;

namespace Costs;

/// <summary>One run of the program.</summary>
internal static class CostRun
{
    /// <summary>Calculates the costs and shows them.</summary>
    /// <returns>0, or 2 if the price list is not valid.</returns>
    public static int Run(Workload work, string priceFile, bool asInTheArticle, bool asJson)
    {
        PriceList prices;
        try
        {
            prices = PriceFile.Read(asInTheArticle ? PriceFile.OfTheArticle : priceFile);
        }
        catch (InvalidPricesException wrong)
        {
            Console.Error.WriteLine(wrong.Message);
            return 2;
        }

        var report = Count(work, prices, asInTheArticle);
        if (asJson)
        {
            Console.Out.WriteLine(JsonSerializer.Serialize(report, ReportJson.Default.Report));
            return 0;
        }

        // The console of the table and the bars would break lines at the terminal's width.
        var writes = work.Writes == 1 ? "write" : "writes";
        Console.Out.WriteLine($"{work.Operations:#,0} operations a month, {work.Polls:0.##} polls and {work.Writes:0.##} "
            + $"{writes} each. Prices: {report.Prices}, in {report.Currency}.");
        var console = AnsiConsole.Console;
        BillTable.Show(console, report.Bills);
        BillBars.Show(console, report.Bills);
        Console.Out.WriteLine();
        Console.Out.WriteLine(report.Verdict);
        return 0;
    }

    internal static Report Count(Workload work, PriceList prices, bool asInTheArticle)
    {
        var counts = new Counts(prices, work);
        Bill[] bills = asInTheArticle
            ? [counts.RestApiAsInTheArticle(), counts.S3AsInTheArticle()]
            : [counts.RestApi(), counts.HttpApi(), counts.S3()];
        var breakEven = counts.BreakEven(asInTheArticle);
        return new Report($"{prices.Region}, {prices.Date}", prices.Currency, bills, breakEven, Verdict.Of(
            work, prices, bills[^2], bills[^1], breakEven));
    }
}
