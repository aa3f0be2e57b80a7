using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using OffloadedPolling.IntegrationTests.Servers;

namespace OffloadedPolling.IntegrationTests.Health;

/// <summary>The health check with correct, missing and misconfigured buckets and queues.</summary>
public sealed class HealthCheckTests
{
    [Fact]
    public async Task CheckHealthAsync_AllInOrder_IsHealthyAndNamesEachPart()
    {
        var (queue, deadLetters) = await TestServers.NewQueueWithDeadLettersAsync(maxReceiveCount: 3);

        var health = await CheckAsync(queue, operation: options => (options.DeadLetterQueueUrl, options.MaxAttempts) = (deadLetters, 3));

        (health.Status, health.Description).Should().Be((HealthStatus.Healthy, (string?)null));
        health.Data.Keys.Order().Should().Equal("dead-letter queue of parcels", "queue of parcels", "store", "workers");
        health.Data.Values.Should().AllSatisfy(value => value.Should().Be("healthy"));
    }

    [Fact]
    public async Task CheckHealthAsync_EverythingMissing_ReportsAllProblems()
    {
        using var sqs = TestServers.NewSqsClient();
        var (queue, deadLetters) = await TestServers.NewQueueWithDeadLettersAsync(maxReceiveCount: 3);
        await sqs.DeleteQueueAsync(queue);
        await sqs.DeleteQueueAsync(deadLetters);

        var health = await CheckAsync(queue, bucket: "test-nowhere", operation: options => options.DeadLetterQueueUrl = deadLetters);

        health.Status.Should().Be(HealthStatus.Unhealthy);
        health.Description.Should().Contain("'test-nowhere': the bucket does not exist");
        health.Description.Should().Contain($"'{queue}': the queue does not exist");
        health.Description.Should().Contain($"'{deadLetters}': the queue does not exist");
        health.Exception.Should().NotBeNull();
    }

    [Fact]
    public async Task CheckHealthAsync_OnePartFails_ReportsOthersInOrder()
    {
        var health = await CheckAsync(await TestServers.NewQueueAsync(), bucket: "test-nowhere");

        health.Data["queue of parcels"].Should().Be("healthy");
        health.Data["store"].Should().Be(health.Description);
    }

    [Fact]
    public async Task CheckHealthAsync_NoRedrivePolicy_IsDegraded()
    {
        var deadLetters = await TestServers.NewQueueAsync();

        var health = await CheckAsync(await TestServers.NewQueueAsync(), operation: options => options.DeadLetterQueueUrl = deadLetters);

        health.Status.Should().Be(HealthStatus.Degraded);
        health.Description.Should().Contain("has no redrive policy");
        health.Description.Should().Contain(deadLetters);
    }

    [Fact]
    public async Task CheckHealthAsync_DeadLetterQueueMismatch_IsDegraded()
    {
        var (queue, _) = await TestServers.NewQueueWithDeadLettersAsync(maxReceiveCount: 3);
        var another = await TestServers.NewQueueAsync();

        var health = await CheckAsync(queue, operation: options => options.DeadLetterQueueUrl = another);

        health.Status.Should().Be(HealthStatus.Degraded);
        health.Description.Should().Contain("Correct the one that is wrong");
    }

    [Fact]
    public async Task CheckHealthAsync_MaxAttemptsOverMaxReceiveCount_IsDegraded()
    {
        var (queue, _) = await TestServers.NewQueueWithDeadLettersAsync(maxReceiveCount: 3);

        var health = await CheckAsync(queue, operation: options => options.MaxAttempts = 4);

        health.Status.Should().Be(HealthStatus.Degraded);
        health.Description.Should().Contain("MaxAttempts is 4");
        health.Description.Should().Contain("3 times");
    }

    [Theory]
    [InlineData("1048576", "healthy")]
    [InlineData("262144", "healthy; accepts messages of up to 262,144 bytes")]
    [InlineData("1024", "healthy; accepts messages of up to 1,024 bytes")]
    public async Task CheckHealthAsync_MessageSizeLimit_IsHealthyAndReportsLimit(string limit, string expected)
    {
        var health = await CheckAsync(await TestServers.NewQueueAsync(new() { ["MaximumMessageSize"] = limit }));

        health.Status.Should().Be(HealthStatus.Healthy);
        health.Data["queue of parcels"].Should().Be(expected);
    }

    [Theory]
    [InlineData(true, false, HealthStatus.Unhealthy, "access is denied")]
    [InlineData(false, false, HealthStatus.Unhealthy, "access is denied")]
    [InlineData(false, true, HealthStatus.Degraded, "Grant s3:ListBucket")]
    public async Task CheckHealthAsync_AccessDenied_IsUnhealthyOrDegraded(
        bool mayList, bool mayRead, HealthStatus expected, string description)
    {
        // Responds as AWS does: this gateway returns 404 for missing objects, even if access is denied.
        await using var s3 = await RecordingProxy.StartAsync(TestServers.S3);
        s3.Intercept = async context =>
        {
            var isAllowed = context.Request.Query.ContainsKey("list-type")
                ? mayList
                : context.Request.Method != "GET" || (mayRead && !context.Request.Path.Value!.EndsWith(".json", StringComparison.Ordinal));
            return !isAllowed && await AwsAnswers.XmlErrorAsync(context, "AccessDenied", 403);
        };

        var health = await CheckAsync(await TestServers.NewQueueAsync(), s3: s3.Address);

        health.Status.Should().Be(expected);
        health.Description.Should().Contain(description);
    }

    [Fact]
    public async Task CheckHealthAsync_StoreDoesNotRespond_IsUnhealthy()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();

        var health = await CheckAsync(
            await TestServers.NewQueueAsync(), s3: new Uri($"http://{silent.LocalEndpoint}"),
            check: checks => checks.AddOffloadedPolling(timeout: TimeSpan.FromSeconds(1)));

        (health.Status, health.Description).Should().Be((HealthStatus.Unhealthy, "The store did not respond in time."));
        health.Data["queue of parcels"].Should().Be("healthy");
    }

    [Fact]
    public async Task AddOffloadedPolling_UsesNameStatusAndTags()
    {
        var health = await CheckAsync(
            await TestServers.NewQueueAsync(), bucket: "test-nowhere",
            check: checks => checks.AddOffloadedPolling("polling", HealthStatus.Degraded, ["ready"]), name: "polling");

        health.Status.Should().Be(HealthStatus.Degraded);
        health.Tags.Should().Equal("ready");
    }

    private static async Task<HealthReportEntry> CheckAsync(
        string queueUrl, string? bucket = null, Uri? s3 = null, Action<OperationOptions>? operation = null,
        Action<IHealthChecksBuilder>? check = null, string name = "offloaded-polling")
    {
        await using var host = await TestHost.CreateAsync(s3, bucket: bucket, queueUrl: queueUrl, operation: operation, build: builder =>
            (check ?? (checks => checks.AddOffloadedPolling()))(builder.Services.AddHealthChecks()));
        var report = await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync();
        return report.Entries[name];
    }
}
