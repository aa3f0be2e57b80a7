using System.CommandLine;
using System.CommandLine.Parsing;

namespace Costs;

/// <summary>Defines the command line.</summary>
internal static class CostCommand
{
    private static readonly Option<long> _operations = new("--operations")
    {
        Description = "The operations per month.",
        DefaultValueFactory = _ => 100_000,
        CustomParser = result => Values.Whole(result, 1, 1_000_000_000_000),
    };

    private static readonly Option<decimal> _polls = Number("--polls", "The polls per operation.", 10, 0, 1_000_000);

    private static readonly Option<decimal> _writes = Number(
        "--writes", "The writes of the status per operation: 3, plus one for each progress report.", 3, 1, 1_000_000);

    private static readonly Option<decimal> _documentKb = Number("--document-kb", "The status, in KB.", 1, 0, 5_000);

    private static readonly Option<decimal> _retentionDays = Number(
        "--retention-days", "The days that S3 stores a status document: one day, plus up to one more until it is deleted.", 2, 0, 3_650);

    private static readonly Option<decimal> _memoryMb = Number(
        "--memory-mb", "The memory in MB of the function that answers a poll at the API.", 512, 128, 10_240);

    private static readonly Option<decimal> _durationMs = Number(
        "--duration-ms", "The duration in milliseconds of that function for one poll.", 20, 1, 900_000);

    private static readonly Option<decimal> _logKb = Number(
        "--log-kb", "The KB that it logs for one poll; Lambda's own lines are about 0.4 KB.", 0.4m, 0, 1_000);

    private static readonly Option<decimal> _preflights = Number(
        "--preflights",
        "The preflight requests of the caller's browser per operation; none if its polls have no custom headers.", 0, 0,
        1_000_000);

    private static readonly Option<string?> _prices = new("--prices")
    {
        Description = "The price list: a copy of price-lists/2026-11.json, which is the default, with your figures.",
        HelpName = "file",
    };

    private static readonly Option<bool> _article = new("--article")
    {
        Description =
            "Calculates like the article of 2021: its prices, one write, 10 KB, stored for a month, a function of 256 MB for 500 ms, "
                + "without egress, logs, preflight requests and database writes.",
    };

    private static readonly Option<bool> _json = new("--json") { Description = "Prints the figures as JSON." };

    public static RootCommand Create()
    {
        const string What = "Calculates what polls cost at an API on API Gateway, Lambda and DynamoDB, and on S3.";
        var command = new RootCommand(What)
        {
            _operations, _polls, _writes, _documentKb, _retentionDays, _memoryMb, _durationMs, _logKb, _preflights, _prices, _article,
            _json,
        };
        command.Validators.Add(RefuseOtherFiguresWithArticle);
        command.SetAction(parsed =>
            CostRun.Run(Read(parsed), parsed.GetValue(_prices) ?? PriceFile.Current, parsed.GetValue(_article), parsed.GetValue(_json)));
        return command;
    }

    private static void RefuseOtherFiguresWithArticle(CommandResult result)
    {
        Option[] notOfTheArticle = [_writes, _documentKb, _retentionDays, _memoryMb, _durationMs, _logKb, _preflights, _prices];
        var given = notOfTheArticle.Where(option => result.GetResult(option) is { Implicit: false })
            .Select(option => option.Name).ToList();
        if (result.GetResult(_article) is { Implicit: false } && given.Count > 0)
        {
            result.AddError($"--article uses its own figures. Remove {string.Join(" and ", given)}.");
        }
    }

    private static Workload Read(ParseResult parsed)
    {
        var asInTheArticle = parsed.GetValue(_article);
        return new Workload
        {
            Operations = parsed.GetValue(_operations),
            Polls = parsed.GetValue(_polls),
            Writes = asInTheArticle ? 1 : parsed.GetValue(_writes),
            DocumentKb = asInTheArticle ? 10 : parsed.GetValue(_documentKb),
            RetentionDays = asInTheArticle ? 30 : parsed.GetValue(_retentionDays),
            MemoryMb = asInTheArticle ? 256 : parsed.GetValue(_memoryMb),
            DurationMs = asInTheArticle ? 500 : parsed.GetValue(_durationMs),
            LogKb = asInTheArticle ? 0 : parsed.GetValue(_logKb),
            Preflights = asInTheArticle ? 0 : parsed.GetValue(_preflights),
        };
    }

    private static Option<decimal> Number(string name, string description, decimal value, decimal least, decimal most) => new(name)
    {
        Description = description,
        DefaultValueFactory = _ => value,
        CustomParser = result => Values.Number(result, least, most),
    };
}
