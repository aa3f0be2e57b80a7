using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace OffloadedPolling.Tests.Costs;

/// <summary>Runs the calculator as a user does.</summary>
public sealed partial class CostCommandTests
{
    private static readonly TimeSpan _timeout = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task Article_PrintsTableChartAndVerdict()
    {
        var (exitCode, output, _) = await RunAsync("--article");

        exitCode.Should().Be(0);
        output.Should().MatchRegex(@"a month\s+6\.20\s+0\.92");
        output.Should().MatchRegex(@"(?m)^REST API  █{60} 6\.20\s*$");
        output.Should().MatchRegex(@"(?m)^S3        █{9} 0\.92\s*$");
        output.TrimEnd().Should().EndWith(
            "Worth it: S3 costs 0.92 USD a month where a REST API costs 6.20. It is worth it from 0.9 polls per write, and you have 10.");
    }

    [Fact]
    public async Task Help_DescribesFunctionOfTheArticle()
    {
        var (exitCode, output, _) = await RunAsync("--help");

        exitCode.Should().Be(0);
        Whitespace().Replace(output, " ").Should().Contain("a function of 256 MB for 500 ms").And.NotContain("128 MB");
    }

    [Fact]
    public async Task Json_PrintsBillsAsJson()
    {
        var (exitCode, output, _) = await RunAsync("--operations", "1000000", "--polls", "20", "--json");

        exitCode.Should().Be(0);
        using var json = JsonDocument.Parse(output);
        json.RootElement.GetProperty("bills").EnumerateArray().Select(bill => bill.GetProperty("name").GetString())
            .Should().Equal("REST API", "HTTP API", "S3");
        json.RootElement.GetProperty("bills")[2].GetProperty("lines")[0].GetProperty("cost").GetDecimal().Should().Be(8.00m);
    }

    [Theory]
    [InlineData("--operations is '0'. Set it to a whole number from 1 to", "--operations", "0")]
    [InlineData("--operations is '1.5'. Set it to a whole number from 1 to", "--operations", "1.5")]
    [InlineData("--polls is 'many'. Set it to a number from 0 to 1000000", "--polls", "many")]
    [InlineData("--polls is '-1'. Set it to a number from 0 to 1000000", "--polls", "-1")]
    [InlineData("--writes is '0'. Set it to a number from 1 to", "--writes", "0")]
    [InlineData("--memory-mb is '64'. Set it to a number from 128 to 10240", "--memory-mb", "64")]
    [InlineData("'nowhere.json' is not a valid price list", "--prices", "nowhere.json")]
    [InlineData("Remove --writes and --prices", "--article", "--writes", "2", "--prices", "mine.json")]
    public async Task Run_InvalidOption_PrintsErrorAndNoResult(string expected, params string[] arguments)
    {
        var (exitCode, output, errors) = await RunAsync(arguments);

        exitCode.Should().Be(2);
        errors.Should().Contain(expected);
        output.Should().Be("");
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Whitespace();

    private static async Task<(int ExitCode, string Output, string Errors)> RunAsync(params string[] arguments)
    {
        using var run = Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Costs.dll"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        using var timeout = new CancellationTokenSource(_timeout);
        var errors = run.StandardError.ReadToEndAsync(timeout.Token);
        var output = await run.StandardOutput.ReadToEndAsync(timeout.Token);
        await run.WaitForExitAsync(timeout.Token);
        return (run.ExitCode, output, await errors);
    }
}
