using System.Net;
using System.Text.Json;
using Amazon.DynamoDBv2.Model;
using OffloadedPolling.IntegrationTests.Servers;

namespace OffloadedPolling.IntegrationTests.EndToEnd;

/// <summary>How Orders starts and stops, and the settings that it rejects.</summary>
public sealed class OrdersHostingTests : IDisposable
{
    private readonly Caller _caller = new();

    public void Dispose() => _caller.Dispose();

    [Fact]
    public async Task RoleAll_WithDynamoDb_RunsOrderInOneProcess()
    {
        using var dynamoDb = TestServers.NewDynamoDbClient();
        var table = await TestServers.NewTableAsync();
        using var settings = await OrdersSettings.CreateAsync();
        var all = settings.For("All");
        all["Orders__TableName"] = table;
        await using var orders = await OrdersProcess.StartAsync(all);

        var accepted = await _caller.PlaceAsync(orders.Address);
        var end = await _caller.WaitForTheEndAsync(accepted.StatusUrl);

        end.State.Should().Be(OperationState.Succeeded);
        using var order = await _caller.Http.GetAsync(new Uri(orders.Address, end.ResourceLocation));
        order.StatusCode.Should().Be(HttpStatusCode.OK);
        (await dynamoDb.ScanAsync(new ScanRequest(table))).Items.Should().ContainSingle();
    }

    [Fact]
    public async Task StopAsync_OrderIsRunning_CompletesOrder()
    {
        using var settings = await OrdersSettings.CreateAsync(processingTime: "00:00:01");
        await using var orders = await OrdersProcess.StartAsync(settings.For("All"));
        var accepted = await _caller.PlaceAsync(orders.Address);
        await Eventually.TrueAsync(
            async () => (await _caller.PollAsync(accepted.StatusUrl)).State == OperationState.Running, TimeSpan.FromSeconds(30),
            () => "the order has not started");

        var exitCode = await orders.StopAsync();

        exitCode.Should().Be(0);
        (await _caller.PollAsync(accepted.StatusUrl)).State.Should().Be(OperationState.Succeeded);
    }

    [Fact]
    public async Task Health_QueueMissing_ReportsItAndPostReturns503()
    {
        using var settings = await OrdersSettings.CreateAsync();
        var api = settings.For("Api");
        await using var healthy = await OrdersProcess.StartAsync(api);
        using var sqs = TestServers.NewSqsClient();
        await sqs.DeleteQueueAsync(settings.QueueUrl);

        using var health = await _caller.Http.GetAsync(new Uri(healthy.Address, "/health"));
        using var post = await _caller.PostAsync(healthy.Address, """{"customer":"Ada","items":[{"sku":"book","quantity":1}]}""");

        health.StatusCode.Should().Be(HttpStatusCode.ServiceUnavailable);
        (await health.Content.ReadAsStringAsync()).Should().Contain(settings.QueueUrl);
        post.StatusCode.Should().Be(HttpStatusCode.ServiceUnavailable);
        post.Headers.RetryAfter.Should().NotBeNull();
        post.Content.Headers.ContentType!.MediaType.Should().Be("application/problem+json");
        (await post.Content.ReadAsStringAsync()).Should().NotContain(settings.QueueUrl);
        healthy.Output.Should().Contain("the queue does not exist");
    }

    [Fact]
    public async Task OpenApi_DescribesAcceptedOperation()
    {
        using var settings = await OrdersSettings.CreateAsync();
        await using var orders = await OrdersProcess.StartAsync(settings.For("Api"));

        using var document = JsonDocument.Parse(await _caller.Http.GetStringAsync(new Uri(orders.Address, "/openapi/v1.json")));

        var paths = document.RootElement.GetProperty("paths");
        var accepted = paths.GetProperty("/order").GetProperty("post").GetProperty("responses").GetProperty("202");
        accepted.GetProperty("content").GetProperty("application/json").GetProperty("schema").GetProperty("$ref").GetString()
            .Should().EndWith("/AcceptedOperation");
        paths.TryGetProperty("/operations/{id}/url", out _).Should().BeTrue();
        document.RootElement.GetProperty("components").GetProperty("schemas")
            .GetProperty("AcceptedOperation").GetProperty("properties").TryGetProperty("statusUrl", out _).Should().BeTrue();
    }

    [Theory]
    [InlineData("OffloadedPolling__S3__BucketName", "", "OffloadedPolling:S3:BucketName is missing")]
    [InlineData("OffloadedPolling__S3__BucketName", "orders--euw1-az1--x-s3", "directory bucket")]
    [InlineData("OffloadedPolling__S3__KeyPrefix", "", "would delete every object in the bucket")]
    [InlineData("OffloadedPolling__S3__BuckettName", "x", "OffloadedPolling:S3:BuckettName is not a setting")]
    [InlineData("OffloadedPolling__Operations__orders__QueueUrl", "", "OffloadedPolling:Operations:orders:QueueUrl is missing")]
    [InlineData("OffloadedPolling__Operations__orders__VisibilityTimeout", "30", "For 30 second(s), write 00:00:30")]
    [InlineData("OffloadedPolling__Operations__orders__MaxConcurrency", "many", "OffloadedPolling:Operations:orders:MaxConcurrency")]
    [InlineData("OffloadedPolling__UrlLifetime", "-00:00:01", "OffloadedPolling:UrlLifetime is -00:00:01")]
    [InlineData("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:1/path/", "Remove the slash")]
    public async Task Start_InvalidSetting_ExitsWithError(string name, string value, string expected)
    {
        using var settings = await OrdersSettings.CreateAsync();
        var wrong = settings.For("Api");
        wrong[name] = value;

        var (exitCode, output) = await OrdersProcess.RunToExitAsync(wrong);

        exitCode.Should().NotBe(0);
        output.Should().Contain(expected);
    }
}
