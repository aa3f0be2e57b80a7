using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using OffloadedPolling.IntegrationTests.Servers;

namespace OffloadedPolling.IntegrationTests.Health;

/// <summary>What the health check says of buckets and queues that are as they should be, and that are not.</summary>
public sealed class HealthCheckTests
{
    [Fact]
    public async Task AllAsItShouldBe_Healthy_AndEachPartIsNamed()
    {
        var (queue, deadLetters) = await TestServers.NewQueueWithDeadLettersAsync(maxReceiveCount: 3);

        var health = await CheckAsync(queue, operation: options => (options.DeadLetterQueueUrl, options.MaxAttempts) = (deadLetters, 3));

        Assert.Equal((HealthStatus.Healthy, null), (health.Status, health.Description));
        Assert.Equal(["dead-letter queue of parcels", "queue of parcels", "store", "workers"], health.Data.Keys.Order());
        Assert.All(health.Data.Values, value => Assert.Equal("in order", value));
    }

    [Fact]
    public async Task NothingIsThere_Unhealthy_WithAllThatIsWrong()
    {
        using var sqs = TestServers.NewSqsClient();
        var (queue, deadLetters) = await TestServers.NewQueueWithDeadLettersAsync(maxReceiveCount: 3);
        await sqs.DeleteQueueAsync(queue);
        await sqs.DeleteQueueAsync(deadLetters);

        var health = await CheckAsync(queue, bucket: "test-nowhere", operation: options => options.DeadLetterQueueUrl = deadLetters);

        Assert.Equal(HealthStatus.Unhealthy, health.Status);
        Assert.Contains("'test-nowhere': the bucket does not exist", health.Description, StringComparison.Ordinal);
        Assert.Contains($"'{queue}': the queue does not exist", health.Description, StringComparison.Ordinal);
        Assert.Contains($"'{deadLetters}': the queue does not exist", health.Description, StringComparison.Ordinal);
        Assert.NotNull(health.Exception);
    }

    [Fact]
    public async Task OnePartIsWrong_TheOthersAreStillInOrder()
    {
        var health = await CheckAsync(await TestServers.NewQueueAsync(), bucket: "test-nowhere");

        Assert.Equal("in order", health.Data["queue of parcels"]);
        Assert.Equal(health.Description, health.Data["store"]);
    }

    [Fact]
    public async Task AQueueWithoutItsRedrivePolicy_IsDegraded()
    {
        var deadLetters = await TestServers.NewQueueAsync();

        var health = await CheckAsync(await TestServers.NewQueueAsync(), operation: options => options.DeadLetterQueueUrl = deadLetters);

        Assert.Equal(HealthStatus.Degraded, health.Status);
        Assert.Contains("has no redrive policy", health.Description, StringComparison.Ordinal);
        Assert.Contains(deadLetters, health.Description, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ARedrivePolicyOfAnotherQueue_IsDegraded()
    {
        var (queue, _) = await TestServers.NewQueueWithDeadLettersAsync(maxReceiveCount: 3);
        var another = await TestServers.NewQueueAsync();

        var health = await CheckAsync(queue, operation: options => options.DeadLetterQueueUrl = another);

        Assert.Equal(HealthStatus.Degraded, health.Status);
        Assert.Contains("Correct the one that is wrong", health.Description, StringComparison.Ordinal);
    }

    [Fact]
    public async Task MoreAttemptsThanTheQueueGives_IsDegraded()
    {
        var (queue, _) = await TestServers.NewQueueWithDeadLettersAsync(maxReceiveCount: 3);

        var health = await CheckAsync(queue, operation: options => options.MaxAttempts = 4);

        Assert.Equal(HealthStatus.Degraded, health.Status);
        Assert.Contains("MaxAttempts is 4", health.Description, StringComparison.Ordinal);
        Assert.Contains("3 times", health.Description, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1048576", "in order")]
    [InlineData("262144", "in order; takes messages of up to 262,144 bytes")]
    [InlineData("1024", "in order; takes messages of up to 1,024 bytes")]
    public async Task AQueueThatTakesOnlySmallMessages_IsHealthyAndSaysSo(string limit, string expected)
    {
        var health = await CheckAsync(await TestServers.NewQueueAsync(new() { ["MaximumMessageSize"] = limit }));

        health.Status.Should().Be(HealthStatus.Healthy);
        health.Data["queue of parcels"].Should().Be(expected);
    }

    [Theory]
    [InlineData(true, false, HealthStatus.Unhealthy, "access is denied")]
    [InlineData(false, false, HealthStatus.Unhealthy, "access is denied")]
    [InlineData(false, true, HealthStatus.Degraded, "Grant s3:ListBucket")]
    public async Task ReadsThatAreDenied_AreUnhealthy_AndAListingThatIsDeniedIsDegraded(bool mayList, bool mayRead, HealthStatus expected, string words)
    {
        // AWS's answers: this gateway's is 404 for what is not there, whoever asks.
        await using var s3 = await RecordingProxy.StartAsync(TestServers.S3);
        s3.Intercept = async context =>
        {
            var isAllowed = context.Request.Query.ContainsKey("list-type")
                ? mayList
                : context.Request.Method != "GET" || (mayRead && !context.Request.Path.Value!.EndsWith(".json", StringComparison.Ordinal));
            return !isAllowed && await AwsAnswers.XmlErrorAsync(context, "AccessDenied", 403);
        };

        var health = await CheckAsync(await TestServers.NewQueueAsync(), s3: s3.Address);

        Assert.Equal(expected, health.Status);
        Assert.Contains(words, health.Description, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AStoreThatDoesNotAnswer_IsNamedInTime()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();

        var health = await CheckAsync(
            await TestServers.NewQueueAsync(), s3: new Uri($"http://{silent.LocalEndpoint}"), check: checks => checks.AddOffloadedPolling(timeout: TimeSpan.FromSeconds(1)));

        Assert.Equal((HealthStatus.Unhealthy, "The store did not answer in time."), (health.Status, health.Description));
        Assert.Equal("in order", health.Data["queue of parcels"]);
    }

    [Fact]
    public async Task NameStatusAndTags_AreTheHosts()
    {
        var health = await CheckAsync(
            await TestServers.NewQueueAsync(), bucket: "test-nowhere",
            check: checks => checks.AddOffloadedPolling("polling", HealthStatus.Degraded, ["ready"]), name: "polling");

        Assert.Equal(HealthStatus.Degraded, health.Status);
        Assert.Equal(["ready"], health.Tags);
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
