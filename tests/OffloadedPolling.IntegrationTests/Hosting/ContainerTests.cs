using OffloadedPolling.IntegrationTests.Road;
using OffloadedPolling.IntegrationTests.Servers;

namespace OffloadedPolling.IntegrationTests.Hosting;

/// <summary>
/// What the Dockerfile of samples/Orders says, done without Docker: the publish of an image, its entry and its health command, as a user without
/// rights or a home, from an empty folder, with nothing but the files that the build context holds.
/// </summary>
public sealed class ContainerTests(BuildContext context) : IClassFixture<BuildContext>
{
    private readonly Dockerfile _dockerfile = new(Repository.PathOf("samples/Orders/container/Dockerfile"));

    [Theory]
    [InlineData("managed", "publish", "dotnet /app/Orders.dll")]
    [InlineData("native", "publish-native", "/app/Orders")]
    public void AnImage_RunsAsNobodyInParticular_AndNeedsNoShell(string image, string publish, string entry)
    {
        var stage = _dockerfile.Stage(image);

        Assert.Equal("$APP_UID", stage.Single("USER"));
        Assert.True(stage.IndexOf("USER") < stage.IndexOf("ENTRYPOINT"));
        Assert.Empty(stage.All("RUN"));
        Assert.Equal(entry, string.Join(' ', Dockerfile.Exec(stage.Single("ENTRYPOINT"))));
        Assert.Equal($"{entry} --health", string.Join(' ', Dockerfile.Exec(stage.Single("HEALTHCHECK"))));
        Assert.Equal([$"--from={publish} /app /app", $"--from={publish} --chown=$APP_UID /data /data"], stage.All("COPY"));
        Assert.Equal($"ASPNETCORE_HTTP_PORTS={stage.Single("EXPOSE")}", stage.Single("ENV"));
        Assert.Equal("/data", stage.Single("WORKDIR"));
    }

    [Fact]
    public void TheImage_ThatIsBuiltUnlessToldOtherwise_IsTheManagedOne() =>
        Assert.EndsWith(" AS managed", _dockerfile.All("FROM").Last(), StringComparison.Ordinal);

    [Theory]
    [InlineData("managed", "publish")]
    [InlineData("native", "publish-native")]
    public async Task PublishEntryAndHealth_AsAUserWithoutRights_DoTheRoad(string image, string publish)
    {
        var app = await context.PublishAsync(_dockerfile.Stage(publish), $"app-{image}");
        var data = await context.Folder.OwnAsync($"data-{image}");
        var container = new Container(_dockerfile.Stage(image), app, data);
        using var cloud = await OrdersSettings.CreateAsync(processingTime: "00:00:02");
        await using var api = await container.StartAsync(cloud.For("Api"));
        await using var worker = await container.StartAsync(cloud.For("Worker"));
        using var caller = new Caller();
        var first = await caller.PlaceAsync(api.Address);
        Assert.Equal(OperationState.Succeeded, (await caller.WaitForTheEndAsync(first.StatusUrl)).State);
        using var order = await caller.Http.GetAsync(new Uri(api.Address, $"/order/{first.Id}"));
        Assert.True(order.IsSuccessStatusCode);
        Assert.Equal((0, "Healthy"), await container.HealthAsync(api.Address));
        Assert.Equal((0, "Healthy"), await container.HealthAsync(worker.Address));

        // Told to stop while it works, it ends what it has begun.
        var second = await caller.PlaceAsync(api.Address);
        await Eventually.TrueAsync(
            async () => (await caller.LookAsync(second.StatusUrl)).State == OperationState.Running, TimeSpan.FromSeconds(30), () => worker.Output);
        Assert.Equal(0, await worker.StopAsync());
        var end = await caller.LookAsync(second.StatusUrl);
        Assert.Equal((OperationState.Succeeded, 1), (end.State, end.Attempt));

        using var sqs = TestServers.NewSqsClient();
        await sqs.DeleteQueueAsync(cloud.QueueUrl);
        var (unhealthy, why) = await container.HealthAsync(api.Address);
        Assert.Equal(1, unhealthy);
        Assert.Contains("the queue does not exist", why, StringComparison.Ordinal);

        Assert.Equal(0, await api.StopAsync());
        var (gone, whither) = await container.HealthAsync(api.Address);
        Assert.Equal(1, gone);
        Assert.StartsWith($"Orders does not answer at http://*:{api.Address.Port}: ", whither, StringComparison.Ordinal);
        Assert.All(Directory.EnumerateFileSystemEntries(data), file => Assert.StartsWith("orders.db", Path.GetFileName(file), StringComparison.Ordinal));
    }
}
