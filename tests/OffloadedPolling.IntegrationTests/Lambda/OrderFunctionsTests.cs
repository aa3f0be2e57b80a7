using System.Text.Json;
using OffloadedPolling.IntegrationTests.EndToEnd;
using OffloadedPolling.IntegrationTests.Servers;

namespace OffloadedPolling.IntegrationTests.Lambda;

/// <summary>The three functions on a real queue. <see cref="SqsEvents"/> does what AWS Lambda does between them.</summary>
public sealed class OrderFunctionsTests : IAsyncLifetime
{
    private const int Orders = 200;

    private static readonly TimeSpan _timeout = TimeSpan.FromMinutes(3);

    private LambdaSettings _settings = null!;

    public async ValueTask InitializeAsync() => _settings = await LambdaSettings.CreateAsync();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task TwoHundredOrders_AllEndAsExpected()
    {
        await using var api = await FunctionProcess.StartAsync("ApiFunction", _settings.All());
        await using var worker = await FunctionProcess.StartAsync("WorkerFunction", _settings.All());
        await using var secondWorker = await FunctionProcess.StartAsync("WorkerFunction", _settings.All());
        await using var deadLetters = await FunctionProcess.StartAsync("DeadLetterFunction", _settings.All());
        using var sqs = TestServers.NewSqsClient();
        using var stop = new CancellationTokenSource();
        var pumps = Task.WhenAll(
            PumpAsync(new SqsEvents(sqs, _settings.QueueUrl), worker, stop.Token),
            PumpAsync(new SqsEvents(sqs, _settings.QueueUrl), secondWorker, stop.Token),
            PumpAsync(new SqsEvents(sqs, _settings.DeadLetterQueueUrl), deadLetters, stop.Token));
        using var caller = new Caller();

        var ends = await Task.WhenAll(Enumerable.Range(0, Orders).Select(number => OrderAsync(api, caller, number))).WaitAsync(_timeout);
        await stop.CancelAsync();
        await pumps;

        ends.Select(end => end.State).Should().Equal(
            Enumerable.Range(0, Orders).Select(number => IsOutOfStock(number) ? OperationState.Failed : OperationState.Succeeded));
        ends.Select(end => end.Id).Distinct().Should().HaveCount(Orders);
        foreach (var end in ends.Where(end => end.State == OperationState.Succeeded))
        {
            var (failed, answer) = await api.InvokeAsync(GatewayEvents.Version2("GET", end.ResourceLocation!));
            failed.Should().BeFalse(answer);
            GatewayEvents.Read(answer).StatusCode.Should().Be(200);
        }
    }

    [Fact]
    public async Task DeadLetterFunction_PoisonMessage_EndsAsFailed()
    {
        await using var api = await FunctionProcess.StartAsync("ApiFunction", _settings.All());
        await using var deadLetters = await FunctionProcess.StartAsync("DeadLetterFunction", _settings.All());
        // No worker runs: each delivery ends as if the worker had crashed, so none ends the operation.
        using var sqs = TestServers.NewSqsClient();
        using var caller = new Caller();
        var accepted = await PlaceAsync(api, "book");
        var queue = new SqsEvents(sqs, _settings.QueueUrl);
        var letters = new SqsEvents(sqs, _settings.DeadLetterQueueUrl);

        await Eventually.TrueAsync(
            async () =>
            {
                foreach (var message in await queue.ReceiveAsync())
                {
                    // As after a crash: the message is not deleted, and is redelivered.
                    await sqs.ChangeMessageVisibilityAsync(_settings.QueueUrl, message.ReceiptHandle, 0);
                }

                // The operation never started, so its message is sent again before the operation ends as failed.
                await letters.PumpAsync(deadLetters.HandleAsync);
                return (await caller.PollAsync(accepted.StatusUrl)).State == OperationState.Failed;
            },
            3 * _timeout,
            () => "the operation has not ended as failed");
    }

    [Theory]
    [InlineData("ApiFunction", "OffloadedPolling__S3__BucketName", "", "OffloadedPolling:S3:BucketName")]
    [InlineData("WorkerFunction", "OffloadedPolling__S3__BucketName", "", "OffloadedPolling:S3:BucketName")]
    [InlineData(
        "WorkerFunction", "OffloadedPolling__Operations__orders__QueueUrl", "orders",
        "OffloadedPolling:Operations:orders:QueueUrl is 'orders'")]
    [InlineData("WorkerFunction", "Orders__FunctionTimeout", "", "Orders:FunctionTimeout is missing")]
    [InlineData("WorkerFunction", "Orders__FunctionTimeout", "30", "Orders:FunctionTimeout is '30'")]
    [InlineData("WorkerFunction", "Orders__TableName", "", "Orders:TableName is missing")]
    [InlineData("ApiFunction", "Orders__TableName", "", "Orders:TableName is missing")]
    [InlineData(
        "DeadLetterFunction", "OffloadedPolling__Operations__orders__DeadLetterQueueUrl", "",
        "OffloadedPolling:Operations:orders:DeadLetterQueueUrl is missing")]
    [InlineData("NoFunction", "Orders__TableName", "orders", "'NoFunction' is not a function")]
    public async Task Start_InvalidSetting_FailsWithSameErrorAsHost(string handler, string setting, string value, string expected)
    {
        var settings = _settings.All();
        settings[setting] = value;

        var (exitCode, error) = await FunctionProcess.FailToStartAsync(handler, settings);

        exitCode.Should().Be(1);
        using var reported = JsonDocument.Parse(error);
        reported.RootElement.GetProperty("errorMessage").GetString().Should().Contain(expected);
        if (setting.StartsWith("OffloadedPolling", StringComparison.Ordinal) && handler != "DeadLetterFunction")
        {
            settings["Orders__Role"] = handler == "ApiFunction" ? "Api" : "Worker";
            var (_, output) = await OrdersProcess.RunToExitAsync(settings);
            output.Should().Contain(reported.RootElement.GetProperty("errorMessage").GetString()!.Split(';')[0]);
        }
    }

    private static bool IsOutOfStock(int number) => number % 20 == 7;

    private static async Task<OperationStatus> OrderAsync(FunctionProcess api, Caller caller, int number) =>
        await caller.WaitForTheEndAsync((await PlaceAsync(api, IsOutOfStock(number) ? "out-of-stock" : "book")).StatusUrl);

    private static async Task<AcceptedOperation> PlaceAsync(FunctionProcess api, string sku)
    {
        var (failed, answer) = await api.InvokeAsync(
            GatewayEvents.Version2("POST", "/order", $$"""{"customer":"Ada","items":[{"sku":"{{sku}}","quantity":1}]}"""));
        failed.Should().BeFalse(answer);
        var reply = GatewayEvents.Read(answer);
        reply.StatusCode.Should().Be(202);
        return JsonSerializer.Deserialize(reply.Body, OperationJson.Accepted)!;
    }

    private static async Task PumpAsync(SqsEvents queue, FunctionProcess function, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            await queue.PumpAsync(function.HandleAsync);
        }
    }
}
