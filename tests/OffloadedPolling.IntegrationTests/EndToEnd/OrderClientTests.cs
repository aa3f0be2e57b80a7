using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using OffloadedPolling.IntegrationTests.Servers;

namespace OffloadedPolling.IntegrationTests.EndToEnd;

/// <summary>samples/OrderClient against a running Orders, on SQLite and on S3 and SQS.</summary>
public sealed partial class OrderClientTests : IDisposable
{
    private readonly SqliteOrdersSettings _files = new();

    private OrdersSettings? _cloud;

    public void Dispose()
    {
        _files.Dispose();
        _cloud?.Dispose();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Submit_OneOrder_SucceedsAndPrintsStatistics(bool onAws)
    {
        await using var orders = await StartAsync(onAws);

        var (exitCode, output) = await OrderClientProcess.RunAsync("--host", orders.Address.ToString());

        exitCode.Should().Be(0, output);
        output.Should().Contain("1 of 1 succeeded.");
        Polls(output).Should().BeGreaterThanOrEqualTo(1, output);
        output.Should().Contain("Delay until an end was noticed: ");
        AssertNoCredentials(output);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Submit_TwentyOrders_SendsOnlyPostsToHost(bool onAws)
    {
        await using var orders = await StartAsync(onAws);
        await using var host = await RecordingProxy.StartAsync(orders.Address);

        var (exitCode, output) = await OrderClientProcess.RunAsync("--host", host.Address.ToString(), "--count", "20");

        exitCode.Should().Be(0, output);
        output.Should().Contain("20 of 20 succeeded.");
        Polls(output).Should().BeGreaterThanOrEqualTo(20, output);
        output.Should().Contain("POSTs 20, renewals 0");
        host.Requests.Should().HaveCount(20);
        host.Requests.Should().AllSatisfy(request => (request.Method, request.Path).Should().Be(("POST", "/order")));
        host.Requests.Select(request => request.Headers["Idempotency-Key"]).Distinct().Should().HaveCount(20);
        AssertNoCredentials(output);
    }

    [Fact]
    public async Task Submit_OutOfStock_PrintsProblem()
    {
        await using var orders = await StartAsync(onAws: false);

        var (exitCode, output) = await OrderClientProcess.RunAsync("--host", orders.Address.ToString(), "--sku", "out-of-stock");

        exitCode.Should().Be(1, output);
        output.Should().Contain("1 failed: Out of stock: 'out-of-stock' has sold out (ordered: 1).");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Timeout_PrintsWorkingResumeCommand(bool onAws)
    {
        await using var orders = await StartAsync(onAws, processingTime: "00:00:06");

        var (exitCode, output) = await OrderClientProcess.RunAsync(
            "--host", orders.Address.ToString(), "--count", "2", "--timeout", "00:00:01");
        var command = output.Split('\n').SkipWhile(line => line != "To resume:").Skip(1).FirstOrDefault();

        exitCode.Should().Be(3, output);
        output.Should().Contain("2 still in progress.");
        AssertNoCredentials(output);
        command.Should().NotBeNull();
        var (resumedExitCode, resumed) = await OrderClientProcess.RunCommandLineAsync(command);
        resumedExitCode.Should().Be(0, resumed);
        resumed.Should().Contain("2 of 2 succeeded.");
        resumed.Should().MatchRegex("received from this client, not counting polls: POSTs 0, renewals [2-9]");
        AssertNoCredentials(resumed);
    }

    [Fact]
    public async Task Resume_TokenOfAnotherHost_Fails()
    {
        await using var orders = await StartAsync(onAws: false, processingTime: "01:00:00");
        var (_, output) = await OrderClientProcess.RunAsync("--host", orders.Address.ToString(), "--timeout", "00:00:01");
        var token = ResumeTokens().Match(output).Groups["token"].Value;

        var (exitCode, refused) = await OrderClientProcess.RunAsync("--host", "http://127.0.0.1:1", "--resume", token);

        exitCode.Should().Be(2, refused);
        refused.Should().Contain("at another host than http://127.0.0.1:1/");
        AssertNoCredentials(refused);
    }

    [Fact]
    public async Task Interrupt_PrintsResumeCommand()
    {
        await using var orders = await StartAsync(onAws: false, processingTime: "01:00:00");

        var (exitCode, output) = await OrderClientProcess.RunAndInterruptAsync("not polled yet", "--host", orders.Address.ToString());

        exitCode.Should().Be(3, output);
        output.Should().Contain("1 still in progress. Stopped.");
        output.Should().Contain("\nTo resume:\n");
        AssertNoCredentials(output);
    }

    [Fact]
    public async Task Interrupt_OrdersWereNotSent_PrintsNotPlaced()
    {
        await using var orders = await StartAsync(onAws: false, processingTime: "01:00:00");
        await using var host = await RecordingProxy.StartAsync(orders.Address);
        var posts = 0;
        host.Intercept = async context =>
        {
            if (Interlocked.Increment(ref posts) > 1)
            {
                await Task.Delay(Timeout.Infinite, context.RequestAborted);
            }

            return false;
        };

        var (exitCode, output) = await OrderClientProcess.RunAndInterruptAsync(
            "not polled yet", "--host", host.Address.ToString(), "--count", "20");

        exitCode.Should().Be(3, output);
        output.Should().Contain("3 not placed: Stopped before it was sent.");
        output.Should().Contain("16 without a response");
    }

    [Fact]
    public async Task Submit_HostIsBusy_RetriesWithSameKey()
    {
        await using var orders = await StartAsync(onAws: false);
        await using var host = await RecordingProxy.StartAsync(orders.Address);
        var isBusy = true;
        host.Intercept = context =>
        {
            if (!Interlocked.Exchange(ref isBusy, false))
            {
                return Task.FromResult(false);
            }

            context.Response.StatusCode = (int)HttpStatusCode.ServiceUnavailable;
            return Task.FromResult(true);
        };

        var (exitCode, output) = await OrderClientProcess.RunAsync("--host", host.Address.ToString());

        exitCode.Should().Be(0, output);
        output.Should().Contain("POSTs 2, renewals 0");
        host.Requests.Select(request => request.StatusCode).Should().Equal(503, 202);
        host.Requests.Select(request => request.Headers["Idempotency-Key"]).Distinct().Should().ContainSingle();
    }

    [Fact]
    public async Task Submit_HostRejectsOrder_PrintsError()
    {
        await using var orders = await StartAsync(onAws: false);

        var (exitCode, output) = await OrderClientProcess.RunAsync("--host", orders.Address.ToString(), "--customer", new string('x', 201));

        exitCode.Should().Be(1, output);
        output.Should().Contain("1 not placed: The host returned 400 BadRequest instead of an accepted operation: ");
    }

    [Theory]
    [InlineData("--count is '0'. Set it to a number from 1 to 10000.", "--count", "0")]
    [InlineData("--timeout is '5'. Set it to hours:minutes:seconds", "--timeout", "5")]
    [InlineData("--host is 'shop'. Set it to the host's address, such as http://localhost:5080.", "--host", "shop")]
    [InlineData("--resume: The resume token is not valid", "--resume", "bm90aGluZw")]
    [InlineData("Remove --count", "--resume", "bm90aGluZw", "--count", "2")]
    [InlineData("'--cuont'", "--cuont", "2")]
    [InlineData("No host responds at http://127.0.0.1:1/", "--host", "http://127.0.0.1:1")]
    public async Task Arguments_Invalid_PrintsReason(string expected, params string[] arguments)
    {
        var (exitCode, output) = await OrderClientProcess.RunAsync(arguments);

        exitCode.Should().Be(2, output);
        output.Should().Contain(expected);
    }

    private async Task<OrdersProcess> StartAsync(bool onAws, string processingTime = "00:00:00.05")
    {
        _cloud = onAws ? await OrdersSettings.CreateAsync(processingTime: processingTime) : null;
        return await OrdersProcess.StartAsync(_cloud?.For("All") ?? _files.For(processingTime: processingTime));
    }

    private static int Polls(string output) => int.Parse(PollsLine().Match(output).Groups["polls"].Value, CultureInfo.InvariantCulture);

    // The query of a status URL is a credential, and its path identifies the document.
    private static void AssertNoCredentials(string output)
    {
        output.Should().NotContainEquivalentOf("signature");
        output.Should().NotContainEquivalentOf("X-Amz-");
        output.Should().NotContain("/operations/");
        foreach (var token in ResumeTokens().Matches(output).Cast<Match>())
        {
            var json = System.Text.Encoding.UTF8.GetString(System.Buffers.Text.Base64Url.DecodeFromChars(token.Groups["token"].ValueSpan));
            json.Should().Contain("operationUrl");
            json.Should().NotContain("statusUrl");
        }
    }

    [GeneratedRegex("^Polls: (?<polls>[0-9]+) at http", RegexOptions.Multiline)]
    private static partial Regex PollsLine();

    [GeneratedRegex("--resume (?<token>[A-Za-z0-9_-]+)")]
    private static partial Regex ResumeTokens();
}
