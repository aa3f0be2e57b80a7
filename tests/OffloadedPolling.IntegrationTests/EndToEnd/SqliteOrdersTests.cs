using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using OffloadedPolling.IntegrationTests.Servers;

namespace OffloadedPolling.IntegrationTests.EndToEnd;

/// <summary>Orders on SQLite: its status documents, messages and orders are in files.</summary>
public sealed partial class SqliteOrdersTests : IDisposable
{
    private static readonly TimeSpan _timeout = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan _betweenOrders = TimeSpan.FromMilliseconds(20);

    private readonly Caller _caller = new();

    private readonly SqliteOrdersSettings _settings = new();

    public void Dispose()
    {
        _caller.Dispose();
        _settings.Dispose();
    }

    [Fact]
    public async Task OneProcess_RunsOrdersAndServesStatus()
    {
        await using var orders = await OrdersProcess.StartAsync(_settings.For());

        var created = await _caller.PlaceAsync(orders.Address);
        var end = await _caller.WaitForTheEndAsync(created.StatusUrl);
        var failed = await _caller.WaitForTheEndAsync((await _caller.PlaceAsync(orders.Address, "out-of-stock")).StatusUrl);

        created.StatusUrl.Should().StartWith(orders.Address.ToString());
        (end.State, end.Attempt).Should().Be((OperationState.Succeeded, (int?)1));
        (await GetAsync(orders, end.ResourceLocation!)).GetProperty("customer").GetString().Should().Be("Ada");
        (failed.State, failed.Error!.Title).Should().Be((OperationState.Failed, "Out of stock"));
        var polls = await GetAsync(orders, "/polls");
        polls.GetProperty("answeredByHost").GetInt32().Should().BeGreaterThanOrEqualTo(2);
        polls.GetProperty("hostStandsInForS3").GetBoolean().Should().BeTrue();
    }

    [Fact]
    public async Task DatabaseFiles_AreAccessibleOnlyToOwner()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no Unix file modes.");
        await using var orders = await OrdersProcess.StartAsync(_settings.For());
        await _caller.WaitForTheEndAsync((await _caller.PlaceAsync(orders.Address)).StatusUrl);

        _settings.Files.Select(Path.GetFileName).Should().Contain(["orders.db", "polling.db", "polling.db-wal", "polling.db-shm"]);
        _settings.Files.Should().OnlyContain(file =>
            OperatingSystem.IsWindows() || File.GetUnixFileMode(file) == (UnixFileMode.UserRead | UnixFileMode.UserWrite));
    }

    [Fact]
    public async Task Log_AtTraceLevel_ContainsNoSignature()
    {
        var settings = _settings.For();
        settings["Logging__LogLevel__Microsoft.AspNetCore"] = "Trace";
        await using var orders = await OrdersProcess.StartAsync(settings);

        var accepted = await _caller.PlaceAsync(orders.Address);
        await _caller.WaitForTheEndAsync(accepted.StatusUrl);

        await Eventually.TrueAsync(
            () => orders.Output.Contains("Microsoft.AspNetCore.Routing", StringComparison.Ordinal), _timeout, () => "nothing logged");
        orders.Output.Should().NotContain("signature=");
    }

    [Fact]
    public async Task ApiAndWorker_TwoProcessesOnOneFile_CompleteOrder()
    {
        await using var api = await OrdersProcess.StartAsync(_settings.For("Api"));
        await using var worker = await OrdersProcess.StartAsync(_settings.For("Worker"));

        var accepted = await _caller.PlaceAsync(api.Address);
        var end = await _caller.WaitForTheEndAsync(accepted.StatusUrl);

        end.State.Should().Be(OperationState.Succeeded);
        // A process writes its log after the document.
        await Eventually.TrueAsync(
            () => worker.Output.Contains(accepted.Id, StringComparison.Ordinal), _timeout, () => "the worker has not logged it");
        api.Output.Should().NotContain(accepted.Id);
        var renewed = await _caller.Http.GetFromJsonAsync(new Uri(api.Address, accepted.OperationUrl + "/url"), OperationJson.Accepted);
        Same(end, await _caller.PollAsync(renewed!.StatusUrl)).Should().BeTrue();
    }

    [Fact]
    public async Task Restart_KilledWhileRunning_CompletesAcceptedOrders()
    {
        const int Count = 60;
        var settings = _settings.For(processingTime: "00:00:01");
        settings["OffloadedPolling__Operations__orders__VisibilityTimeout"] = "00:00:03";
        List<AcceptedOperation> accepted = [];
        Uri address;
        await using (var first = await OrdersProcess.StartAsync(settings))
        {
            address = first.Address;
            accepted.AddRange(await Task.WhenAll(Enumerable.Range(0, Count).Select(_ => _caller.PlaceAsync(address))));
            var placing = PlaceUntilKilledAsync(address);
            await Eventually.TrueAsync(() => Ended().Count(first.Output) >= 10, _timeout, () => $"fewer than ten ended.\n{first.Output}");
            await first.KillAsync();
            Ended().Count(first.Output).Should().BeInRange(10, Count - 10);
            var placed = await placing;
            placed.Should().NotBeEmpty();
            accepted.AddRange(placed);
        }

        await using var second = await OrdersProcess.StartAsync(settings, address: address);

        foreach (var operation in accepted)
        {
            (await _caller.WaitForTheEndAsync(operation.StatusUrl)).State.Should().Be(OperationState.Succeeded);
        }

        await Eventually.TrueAsync(
            () => Ended().Matches(second.Output).Any(end => end.Groups["attempt"].Value == "2"),
            _timeout, () => "no operation was redelivered: none was running when the process was killed");
    }

    [Fact]
    public async Task TwoProcessesOnOneFile_1000Orders_EachEndsOnce()
    {
        const int Count = 1000;
        var settings = _settings.For(processingTime: "00:00:00.02");
        await using var one = await OrdersProcess.StartAsync(settings);
        await using var other = await OrdersProcess.StartAsync(settings);

        var accepted = new List<AcceptedOperation>();
        foreach (var batch in Enumerable.Range(0, Count).Chunk(20))
        {
            accepted.AddRange(await Task.WhenAll(batch.Select(number => _caller.PlaceAsync((number % 2 == 0 ? one : other).Address))));
        }

        foreach (var operation in accepted)
        {
            var end = await _caller.WaitForTheEndAsync(operation.StatusUrl);
            (end.State, end.Attempt).Should().Be((OperationState.Succeeded, (int?)1));
        }

        // Each process has logged the ends of all its operations when it stops.
        await Task.WhenAll(one.StopAsync(), other.StopAsync());
        var ends = Ended().Matches(one.Output).Concat(Ended().Matches(other.Output)).Select(end => end.Groups["id"].Value).ToList();
        ends.Order().Should().Equal(accepted.Select(operation => operation.Id).Order());
        (Ended().Count(one.Output) > Count / 10
            && Ended().Count(other.Output) > Count / 10).Should().BeTrue("one process did nearly all of the work");
    }

    [Theory]
    [InlineData(
        "OffloadedPolling__Sqlite__DataSource",
        "/no/such/folder/polling.db",
        "OffloadedPolling:Sqlite:DataSource is '/no/such/folder/polling.db'")]
    [InlineData("OffloadedPolling__Sqlite__DataSource", "diary.txt", "the file is not a SQLite database")]
    [InlineData(
        "OffloadedPolling__Sqlite__SigningKey", "c2hvcnQ=", "OffloadedPolling:Sqlite:SigningKey has 5 bytes; at least 32 are required")]
    [InlineData("OffloadedPolling__Operations__orders__QueueUrl", "http://127.0.0.1:1/queue", "OffloadedPolling:S3:BucketName is missing")]
    public async Task Start_InvalidSetting_ExitsWithError(string name, string value, string expected)
    {
        var wrong = _settings.For();
        wrong[name] = value == "diary.txt"
            ? _settings.PutFile(value, "Dear diary, this is no database, but long enough to have a header of one. " + new string('x', 500))
            : value;

        var (exitCode, output) = await OrdersProcess.RunToExitAsync(wrong);

        exitCode.Should().NotBe(0);
        output.Should().Contain(expected);
        output.Should().NotContain("c2hvcnQ=");
    }

    // Every order that received 202 is accepted, even just before the kill.
    private async Task<List<AcceptedOperation>> PlaceUntilKilledAsync(Uri address)
    {
        var placed = new List<AcceptedOperation>();
        try
        {
            while (placed.Count < 1000)
            {
                placed.Add(await _caller.PlaceAsync(address));
                await Task.Delay(_betweenOrders);
            }
        }
        catch (HttpRequestException)
        {
            // Killed.
        }

        return placed;
    }

    private async Task<JsonElement> GetAsync(OrdersProcess orders, string path) =>
        await _caller.Http.GetFromJsonAsync<JsonElement>(new Uri(orders.Address, path));

    // A result is raw JSON, which is compared by reference.
    private static bool Same(OperationStatus one, OperationStatus other) =>
        JsonSerializer.Serialize(one, OperationJson.Status) == JsonSerializer.Serialize(other, OperationJson.Status);

    [GeneratedRegex("Operation (?<id>[0-9a-f]{32}) ended as Succeeded after (?<attempt>[0-9]+) attempt")]
    private static partial Regex Ended();
}
