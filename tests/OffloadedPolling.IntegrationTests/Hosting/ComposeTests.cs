using OffloadedPolling.IntegrationTests.EndToEnd;
using OffloadedPolling.IntegrationTests.Servers;
using YamlDotNet.Core;
using YamlDotNet.Serialization;

namespace OffloadedPolling.IntegrationTests.Hosting;

/// <summary>
/// Does what compose.yaml of samples/Orders says, on the tests' servers: the setup, then the API and the worker.
/// </summary>
public sealed class ComposeTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("compose-").FullName;

    private readonly Dictionary<object, object> _services = Read();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Compose_SetUpApiAndWorker_CompleteOrder()
    {
        var name = $"compose-{Guid.NewGuid():n}";
        var (exitCode, output) = await Commands.RunAsync(
            Repository.PathOf("samples/Orders/container/servers/setup.sh"), [], environment: Environment("setup", name));
        exitCode.Should().Be(0, output);
        var (again, _) = await Commands.RunAsync(
            Repository.PathOf("samples/Orders/container/servers/setup.sh"), [], environment: Environment("setup", name));
        again.Should().Be(0);

        await using var api = await OrdersProcess.StartAsync(Environment("api", name));
        await using var worker = await OrdersProcess.StartAsync(Environment("worker", name));
        using var caller = new Caller();
        var health = await caller.Http.GetStringAsync(new Uri(api.Address, "/health"));
        health.Trim().Should().Be("Healthy");

        var accepted = await caller.PlaceAsync(api.Address);
        (await caller.WaitForTheEndAsync(accepted.StatusUrl)).State.Should().Be(OperationState.Succeeded);

        // S3 allows the page's origin to poll.
        using var poll = new HttpRequestMessage(HttpMethod.Get, accepted.StatusUrl);
        poll.Headers.Add("Origin", "http://localhost:5080");
        using var answer = await caller.Http.SendAsync(poll);
        answer.Headers.GetValues("Access-Control-Allow-Origin").Single().Should().Be("http://localhost:5080");
    }

    [Fact]
    public void ComposeFile_BuildContextsAndDockerfiles_Exist()
    {
        _services.Keys.Cast<string>().Order().Should().Equal("api", "s3", "setup", "sqs", "worker");
        foreach (var service in _services.Values.Cast<Dictionary<object, object>>())
        {
            var build = (Dictionary<object, object>)service["build"];
            Path.GetFullPath(Repository.PathOf($"samples/Orders/container/{build["context"]}"))
                .Should().Be(Path.GetFullPath(Repository.Root));
            File.Exists(Repository.PathOf((string)build["dockerfile"])).Should().BeTrue();
        }

        // API and worker use the same image, and the worker has time to stop.
        Of("worker")["image"].Should().Be(Of("api")["image"]);
        Of("worker")["stop_grace_period"].Should().Be("30s");
    }

    private Dictionary<object, object> Of(string service) => (Dictionary<object, object>)_services[service];

    /// <summary>A service's environment, with the tests' servers and a separate bucket, queues and file.</summary>
    private Dictionary<string, string> Environment(string service, string name)
    {
        var environment = ((Dictionary<object, object>)Of(service)["environment"])
            .ToDictionary(pair => (string)pair.Key, pair => ((string)pair.Value)
                .Replace("http://127.0.0.1:8000", TestServers.S3.ToString().TrimEnd('/'), StringComparison.Ordinal)
                .Replace("http://127.0.0.1:4566", TestServers.Sqs.ToString().TrimEnd('/'), StringComparison.Ordinal)
                .Replace("000000000000/orders", $"000000000000/{name}", StringComparison.Ordinal)
                .Replace("orders-status", name, StringComparison.Ordinal));
        (environment["AWS_ACCESS_KEY_ID"], environment["AWS_SECRET_ACCESS_KEY"])
            .Should().Be((TestServers.AccessKey, TestServers.SecretKey));
        if (service == "setup")
        {
            environment["QUEUE"].Should().Be("orders");
            environment["QUEUE"] = name;
        }

        environment["Orders__DataSource"] = Path.Combine(_folder, "orders.db");
        return environment;
    }

    private static Dictionary<object, object> Read()
    {
        using var text = File.OpenText(Repository.PathOf("samples/Orders/container/compose.yaml"));
        return (Dictionary<object, object>)new DeserializerBuilder().Build()
            .Deserialize<Dictionary<object, object>>(new MergingParser(new Parser(text)))["services"];
    }
}
