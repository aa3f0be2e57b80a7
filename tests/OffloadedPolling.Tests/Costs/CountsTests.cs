using System.Globalization;
using System.Text.RegularExpressions;
using Costs;
using OffloadedPolling.Tests.Shared;

namespace OffloadedPolling.Tests.Costs;

/// <summary>Compares the calculator's figures with the article and with sums made by hand.</summary>
public sealed partial class CountsTests
{
    private static readonly Workload _article = new()
    {
        Operations = 100_000, Polls = 10, Writes = 1, DocumentKb = 10, RetentionDays = 30,
        MemoryMb = 256, DurationMs = 500, LogKb = 0, Preflights = 0,
    };

    private static readonly Workload _today = new()
    {
        Operations = 100_000, Polls = 10, Writes = 3, DocumentKb = 1, RetentionDays = 2, MemoryMb = 512, DurationMs = 20, LogKb = 0.4m,
        Preflights = 0,
    };

    private static PriceList Of2021 => PriceFile.Read(PriceFile.OfTheArticle);

    private static PriceList Now => PriceFile.Read(PriceFile.Current);

    [Fact]
    public void Counts_OfTheArticle_MatchItsTable()
    {
        var counts = new Counts(Of2021, _article);

        counts.RestApiAsInTheArticle().Lines.Select(line => (line.What, line.Cost))
            .Should().Equal(("requests", 3.50m), ("function", 2.28m), ("database reads", 0.42m));
        counts.S3AsInTheArticle().Lines.Select(line => (line.What, line.Cost))
            .Should().Equal(("requests", 0.40m), ("writes", 0.50m), ("storage", 0.02m));
        (counts.RestApiAsInTheArticle().Total, counts.S3AsInTheArticle().Total).Should().Be((6.20m, 0.92m));
    }

    [Fact]
    public void BreakEven_LeanHttpApi_IsAboutFourPollsPerWrite()
    {
        // A million polls cost 1.42: 1.11 + 0.20 + 0.0025 GB-s at 16.6667 + half a read unit at 0.1415. A million writes cost
        // 5.00 on S3 and 0.705 in the database.
        var counts = new Counts(Now, _today with { MemoryMb = 128, LogKb = 0 });

        counts.HttpApi().Lines.Where(line => line.What is "requests" or "function" or "database reads").Sum(line => line.Exact)
            .Should().BeApproximately(1.4224m, 0.00005m);
        Math.Round(counts.BreakEven(asInTheArticle: false)!.Value, 1).Should().Be(4.2m);
    }

    public static TheoryData<decimal, decimal, decimal> Workloads => new()
    {
        { 0, 2, 1 },
        { 9, 2, 1 },
        { 0, 3_650, 1 },
        { 2, 3_650, 40 },
    };

    [Theory]
    [MemberData(nameof(Workloads))]
    public void BreakEven_AnyWorkload_CostsAreEqual(decimal preflights, decimal retentionDays, decimal documentKb)
    {
        var work = _today with { Preflights = preflights, RetentionDays = retentionDays, DocumentKb = documentKb };
        var breakEven = new Counts(Now, work).BreakEven(asInTheArticle: false)!.Value;
        var atBreakEven = new Counts(Now, work with { Polls = breakEven * work.Writes });

        atBreakEven.HttpApi().Exact.Should().BeApproximately(atBreakEven.S3().Exact, 1e-10m);
    }

    [Fact]
    public void BreakEven_AsInTheArticle_CostsAreEqual()
    {
        var breakEven = new Counts(Of2021, _article).BreakEven(asInTheArticle: true)!.Value;
        var atBreakEven = new Counts(Of2021, _article with { Polls = breakEven * _article.Writes });

        atBreakEven.RestApiAsInTheArticle().Exact.Should().BeApproximately(atBreakEven.S3AsInTheArticle().Exact, 1e-10m);
    }

    [Fact]
    public void Verdict_ManyWorkloads_MatchesItsNumbers()
    {
        var works =
            from polls in (decimal[])[0, 1, 3, 6, 9, 9.3m, 9.4m, 10, 12.7m, 100]
            from preflights in (decimal[])[0, 1, 9]
            from days in (decimal[])[0, 2, 3_650]
            select _today with { Polls = polls, Preflights = preflights, RetentionDays = days };
        foreach (var report in works.Select(work => CostRun.Count(work, Now, asInTheArticle: false)))
        {
            var numbers = Numbers().Match(report.Verdict);
            numbers.Success.Should().Be(report.PollsPerWriteToBreakEven > 0, report.Verdict);
            if (numbers.Success && !report.Verdict.StartsWith("It makes no difference", StringComparison.Ordinal))
            {
                var isWorthIt = Number(numbers, 2) > Number(numbers, 1);
                report.Verdict.StartsWith("Worth it", StringComparison.Ordinal).Should().Be(isWorthIt, report.Verdict);
            }
        }
    }

    [Theory]
    [InlineData(1, 1, 0.07075)]
    [InlineData(4, 1, 0.07075)]
    [InlineData(5, 1, 0.1415)]
    [InlineData(10, 1, 0.21225)]
    public void DatabaseReads_AreBilledPer4KbEventuallyConsistent(decimal kb, decimal pollsInMillions, decimal cost) =>
        LineOf(
            new Counts(Now, _today with { Operations = 1_000_000, Polls = pollsInMillions, DocumentKb = kb }).HttpApi(),
            "database reads").Should().Be(cost);

    [Theory]
    [InlineData(1, 0.705)]
    [InlineData(1.1, 1.41)]
    [InlineData(10, 7.05)]
    public void DatabaseWrites_AreBilledPerKb(decimal kb, decimal costOfAMillion) =>
        LineOf(new Counts(Now, _today with { Operations = 1_000_000, Writes = 1, DocumentKb = kb }).HttpApi(), "database writes")
            .Should().Be(costOfAMillion);

    [Fact]
    public void Counts_CostsOmittedByTheArticle_AreIncluded()
    {
        var work = _today with { Operations = 10_000_000, DocumentKb = 2, Preflights = 1 };
        var counts = new Counts(Now, work);

        // 100 million polls of 2 KB are 200 GB, of which 100 GB are free. With 0.4 KB of logs each, they are 40 GB.
        LineOf(counts.S3(), "egress").Should().Be(9.00m);
        LineOf(counts.RestApi(), "egress").Should().Be(9.00m);
        LineOf(counts.HttpApi(), "logs").Should().Be(22.80m);
        (LineOf(counts.S3(), "preflights"), LineOf(counts.HttpApi(), "preflights"), LineOf(counts.RestApi(), "preflights"))
            .Should().Be((4.00m, 11.10m, 35.00m));
        LineOf(counts.S3(), "writes").Should().Be(150.00m);
    }

    [Fact]
    public void ArticlePrices_DifferFromCurrentPrices() =>
        Of2021.PerMillion.DynamoDbReadUnits.Should().NotBe(Now.PerMillion.DynamoDbReadUnits);

    [Theory]
    [InlineData(3, 3, "Not worth it: ", "from 3.1 polls per write, and you have 1.")]
    [InlineData(10, 3, "Worth it: ", "from 3.1 polls per write, and you have 3.3.")]
    [InlineData(100, 3, "Worth it: ", "from 3.1 polls per write, and you have 33.3.")]
    [InlineData(9, 3, "Worth it: ", "from 1.6 polls per write, and you have 3.", 9)]
    [InlineData(10, 3, "Not worth it: ", "from 3.8 polls per write, and you have 3.3.", 0, 3_650)]
    public void Verdict_StatesAnswerAndBreakEven(
        decimal polls, decimal writes, string begins, string ends, int preflights = 0, int retentionDays = 2)
    {
        var work = _today with { Polls = polls, Writes = writes, Preflights = preflights, RetentionDays = retentionDays };
        var verdict = CostRun.Count(work, Now, asInTheArticle: false).Verdict;

        verdict.Should().StartWith(begins);
        verdict.Should().EndWith(ends);
    }

    [Fact]
    public void Verdict_NoBreakEven_IsNeverOrFromFirstPoll()
    {
        var expensiveGets = Now with { PerMillion = Now.PerMillion with { S3Get = 9 } };
        var freePuts = Now with { PerMillion = Now.PerMillion with { S3Put = 0 } };

        CostRun.Count(_today, expensiveGets, false).Verdict.Should().StartWith("Not worth it: ");
        CostRun.Count(_today, expensiveGets, false).Verdict.Should().Contain("More polls do not change that");
        CostRun.Count(_today, freePuts, false).Verdict.Should().Contain("from the first poll,");
    }

    [Fact]
    public void ReadmeTables_MatchTheProgram()
    {
        var readme = File.ReadAllText(Repository.PathOf("samples/Costs/README.md"));
        var rows = Row().Matches(readme).ToList();

        rows.Should().HaveCount(3);
        foreach (var row in rows)
        {
            var bills = CostRun.Count(_today with { Polls = Number(row, 1) }, Now, asInTheArticle: false).Bills;
            bills.Select(bill => bill.Total).Should().Equal(Number(row, 2), Number(row, 3), Number(row, 4));
        }

        foreach (var line in new Counts(Of2021, _article) is var counts
            ? counts.RestApiAsInTheArticle().Lines.Concat(counts.S3AsInTheArticle().Lines)
            : [])
        {
            readme.Should().Contain(FormattableString.Invariant($"| {line.Cost:0.00} |"), line.What);
        }
    }

    private static decimal LineOf(Bill bill, string what) => bill.Lines.Single(line => line.What == what).Exact;

    private static decimal Number(Match row, int group) => decimal.Parse(row.Groups[group].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"from ([\d.]+) polls per write, and you have ([\d.]+)\.$")]
    private static partial Regex Numbers();

    [GeneratedRegex(@"^\| (\d+) polls each \| ([\d.]+) \| ([\d.]+) \| ([\d.]+) \|", RegexOptions.Multiline)]
    private static partial Regex Row();
}
