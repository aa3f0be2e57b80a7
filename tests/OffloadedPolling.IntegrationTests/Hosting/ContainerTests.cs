using OffloadedPolling.IntegrationTests.EndToEnd;
using OffloadedPolling.IntegrationTests.Servers;

namespace OffloadedPolling.IntegrationTests.Hosting;

/// <summary>
/// Does what the Dockerfile of samples/Orders says, without Docker: publishes, then runs the entry point and the health command. The user
/// is unprivileged and has no home, the folder is empty, and only the files of the build context are available.
/// </summary>
public sealed class ContainerTests(BuildContext context) : IClassFixture<BuildContext>
{
    private readonly Dockerfile _dockerfile = new(Repository.PathOf("samples/Orders/container/Dockerfile"));

    [Theory]
    [InlineData("managed", "publish", "dotnet /app/Orders.dll")]
    [InlineData("native", "publish-native", "/app/Orders")]
    public void Image_RunsUnprivilegedAndWithoutShell(string image, string publish, string entry)
    {
        var stage = _dockerfile.Stage(image);

        stage.Single("USER").Should().Be("$APP_UID");
        stage.IndexOf("USER").Should().BeLessThan(stage.IndexOf("ENTRYPOINT"));
        stage.All("RUN").Should().BeEmpty();
        string.Join(' ', Dockerfile.Exec(stage.Single("ENTRYPOINT"))).Should().Be(entry);
        string.Join(' ', Dockerfile.Exec(stage.Single("HEALTHCHECK"))).Should().Be($"{entry} --health");
        stage.All("COPY").Should().Equal($"--from={publish} /app /app", $"--from={publish} --chown=$APP_UID /data /data");
        stage.Single("ENV").Should().Be($"ASPNETCORE_HTTP_PORTS={stage.Single("EXPOSE")}");
        stage.Single("WORKDIR").Should().Be("/data");
    }

    [Fact]
    public void Dockerfile_DefaultTarget_IsManagedImage() =>
        _dockerfile.All("FROM").Last().Should().EndWith(" AS managed");

    [Theory]
    [InlineData("managed", "publish")]
    [InlineData("native", "publish-native")]
    public async Task Container_AsUnprivilegedUser_RunsOrders(string image, string publish)
    {
        var app = await context.PublishAsync(_dockerfile.Stage(publish), $"app-{image}");
        var data = await context.Folder.OwnAsync($"data-{image}");
        var container = new Container(_dockerfile.Stage(image), app, data);
        using var cloud = await OrdersSettings.CreateAsync(processingTime: "00:00:02");
        await using var api = await container.StartAsync(cloud.For("Api"));
        await using var worker = await container.StartAsync(cloud.For("Worker"));
        using var caller = new Caller();
        var first = await caller.PlaceAsync(api.Address);
        (await caller.WaitForTheEndAsync(first.StatusUrl)).State.Should().Be(OperationState.Succeeded);
        using var order = await caller.Http.GetAsync(new Uri(api.Address, $"/order/{first.Id}"));
        order.IsSuccessStatusCode.Should().BeTrue();
        (await container.HealthAsync(api.Address)).Should().Be((0, "Healthy"));
        (await container.HealthAsync(worker.Address)).Should().Be((0, "Healthy"));

        // A worker that is stopped completes its running order.
        var second = await caller.PlaceAsync(api.Address);
        await Eventually.TrueAsync(
            async () => (await caller.PollAsync(second.StatusUrl)).State == OperationState.Running, TimeSpan.FromSeconds(30),
            () => worker.Output);
        (await worker.StopAsync()).Should().Be(0);
        var end = await caller.PollAsync(second.StatusUrl);
        (end.State, end.Attempt).Should().Be((OperationState.Succeeded, (int?)1));

        using var sqs = TestServers.NewSqsClient();
        await sqs.DeleteQueueAsync(cloud.QueueUrl);
        var (unhealthy, reason) = await container.HealthAsync(api.Address);
        unhealthy.Should().Be(1);
        reason.Should().Contain("the queue does not exist");

        (await api.StopAsync()).Should().Be(0);
        var (stopped, output) = await container.HealthAsync(api.Address);
        stopped.Should().Be(1);
        output.Should().StartWith($"Orders does not respond at http://*:{api.Address.Port}: ");
        Directory.EnumerateFileSystemEntries(data).Should().AllSatisfy(file => Path.GetFileName(file).Should().StartWith("orders.db"));
    }
}
