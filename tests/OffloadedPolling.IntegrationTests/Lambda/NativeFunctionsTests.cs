using System.Text.Json;
using OffloadedPolling.IntegrationTests.Road;
using OffloadedPolling.IntegrationTests.Servers;

namespace OffloadedPolling.IntegrationTests.Lambda;

/// <summary>The functions compiled ahead of time, as the executable of an OS-only runtime.</summary>
public sealed class NativeFunctionsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("functions-native-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task PublishAot_WithoutWarnings_AndTheRoadWorks()
    {
        var executable = await NativePublish.RunAsync("Orders.Lambda", _folder);
        var settings = await LambdaSettings.CreateAsync();
        await using var api = await FunctionProcess.StartAsync("ApiFunction", settings.All(), executable);
        await using var worker = await FunctionProcess.StartAsync("WorkerFunction", settings.All(), executable);
        await using var deadLetters = await FunctionProcess.StartAsync("DeadLetterFunction", settings.All(), executable);
        using var sqs = TestServers.NewSqsClient();
        using var caller = new Caller();

        var accepted = await AskAsync(api, "POST", "/order", """{"customer":"Ada","items":[{"sku":"book","quantity":1}]}""");
        Assert.Equal(202, accepted.StatusCode);
        Assert.True(await new SqsEvents(sqs, settings.QueueUrl).PumpAsync(worker.HandleAsync));
        var end = await caller.LookAsync(accepted.Headers["Location"]);

        Assert.Equal(OperationState.Succeeded, end.State);
        Assert.Equal(200, (await AskAsync(api, "GET", end.ResourceLocation!)).StatusCode);
        Assert.Equal(200, (await AskAsync(api, "GET", $"/operations/{end.Id}/url")).StatusCode);
        Assert.Equal(409, (await AskAsync(api, "POST", $"/operations/{end.Id}/cancel")).StatusCode);
        Assert.Contains("quantity", (await AskAsync(api, "POST", "/order", """{"customer":"Ada","items":[{"sku":"book","quantity":0}]}""")).Body, StringComparison.OrdinalIgnoreCase);
        Assert.Equal("Healthy", (await AskAsync(api, "GET", "/health")).Body.Trim());
        using var document = JsonDocument.Parse((await AskAsync(api, "GET", "/openapi/v1.json")).Body);
        Assert.True(document.RootElement.GetProperty("paths").TryGetProperty("/order", out _));
        Assert.Equal("""{"batchItemFailures":[]}""", (await deadLetters.InvokeAsync("""{"Records":[]}""")).Answer);
    }

    private static async Task<GatewayReply> AskAsync(FunctionProcess api, string method, string path, string? body = null)
    {
        var (failed, answer) = await api.InvokeAsync(GatewayEvents.Version2(method, path, body));
        Assert.False(failed, answer);
        return GatewayEvents.Read(answer);
    }
}
