using System.Reflection;
using System.Text;
using OffloadedPolling.IntegrationTests.Servers;

namespace OffloadedPolling.IntegrationTests.Lambda;

/// <summary>
/// Loads and invokes the handlers in template.yaml as the managed runtime does: by reflection, with the environment of the process.
/// </summary>
[Collection(ThisProcessEnvironment.Name)]
public sealed class HandlersTests
{
    private static readonly Dictionary<string, string> _metadata =
        typeof(HandlersTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .ToDictionary(metadata => metadata.Key, metadata => metadata.Value!);

    [Fact]
    public async Task Handlers_LoadedByName_ProcessOrder()
    {
        var template = SamTemplate.Read(Path.GetDirectoryName(_metadata["LambdaProject"])!);
        var settings = await LambdaSettings.CreateAsync();
        var all = settings.All();
        template.Environment.Keys.Where(key => key.StartsWith("OffloadedPolling", StringComparison.Ordinal)
            || key.StartsWith("Orders", StringComparison.Ordinal))
            .Except([.. all.Keys, "OffloadedPolling__Operations__orders__MaxConcurrency"]).Should().BeEmpty();
        using var environment = new ThisProcessEnvironment(new Dictionary<string, string>(template.Environment).Concat(all)
            .GroupBy(pair => pair.Key).ToDictionary(pair => pair.Key, pair => pair.Last().Value)
            .Append(KeyValuePair.Create("LAMBDA_TASK_ROOT", Path.GetDirectoryName(_metadata["LambdaDll"])!)));

        using var sqs = TestServers.NewSqsClient();
        template.Handlers.Should().HaveCount(3);
        var api = Load("ApiFunction");
        var (worker, deadLetters) = (Load("WorkerFunction"), Load("DeadLetterFunction"));

        var accepted = GatewayEvents.Read(await InvokeAsync(api, GatewayEvents.Recorded("http-api-v2.json").ToJsonString()));
        accepted.StatusCode.Should().Be(202);
        var done = await new SqsEvents(sqs, settings.QueueUrl).PumpAsync(worker);
        done.Should().BeTrue();
        using var caller = new EndToEnd.Caller();
        (await caller.PollAsync(accepted.Headers["Location"])).State.Should().Be(OperationState.Succeeded);
        (await InvokeAsync(deadLetters, """{"Records":[]}""")).Should().Be("""{"batchItemFailures":[]}""");

        Func<Stream, Task<Stream>> Load(string type) => new ManagedHandler(
            Path.GetDirectoryName(_metadata["LambdaDll"])!,
            template.Handlers.Single(handler => handler.Contains(type, StringComparison.Ordinal))).Create();
    }

    private static async Task<string> InvokeAsync(Func<Stream, Task<Stream>> function, string json)
    {
        using var input = new MemoryStream(Encoding.UTF8.GetBytes(json));
        using var reader = new StreamReader(await function(input));
        return await reader.ReadToEndAsync();
    }
}
