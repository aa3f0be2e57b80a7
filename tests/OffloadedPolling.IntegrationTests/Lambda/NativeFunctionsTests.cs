using System.Text.Json;
using OffloadedPolling.IntegrationTests.EndToEnd;
using OffloadedPolling.IntegrationTests.Servers;

namespace OffloadedPolling.IntegrationTests.Lambda;

/// <summary>The functions compiled ahead of time, as the executable of an OS-only runtime.</summary>
public sealed class NativeFunctionsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("functions-native-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task PublishAot_NoWarnings_FunctionsProcessOrder()
    {
        var executable = await NativePublish.RunAsync("Orders.Lambda", _folder);
        var settings = await LambdaSettings.CreateAsync();
        await using var api = await FunctionProcess.StartAsync("ApiFunction", settings.All(), executable);
        await using var worker = await FunctionProcess.StartAsync("WorkerFunction", settings.All(), executable);
        await using var deadLetters = await FunctionProcess.StartAsync("DeadLetterFunction", settings.All(), executable);
        using var sqs = TestServers.NewSqsClient();
        using var caller = new Caller();

        var accepted = await AskAsync(api, "POST", "/order", """{"customer":"Ada","items":[{"sku":"book","quantity":1}]}""");
        accepted.StatusCode.Should().Be(202);
        (await new SqsEvents(sqs, settings.QueueUrl).PumpAsync(worker.HandleAsync)).Should().BeTrue();
        var end = await caller.PollAsync(accepted.Headers["Location"]);

        end.State.Should().Be(OperationState.Succeeded);
        (await AskAsync(api, "GET", end.ResourceLocation!)).StatusCode.Should().Be(200);
        (await AskAsync(api, "GET", $"/operations/{end.Id}/url")).StatusCode.Should().Be(200);
        (await AskAsync(api, "POST", $"/operations/{end.Id}/cancel")).StatusCode.Should().Be(409);
        (await AskAsync(api, "POST", "/order", """{"customer":"Ada","items":[{"sku":"book","quantity":0}]}""")).Body
            .Should().ContainEquivalentOf("quantity");
        (await AskAsync(api, "GET", "/health")).Body.Trim().Should().Be("Healthy");
        using var document = JsonDocument.Parse((await AskAsync(api, "GET", "/openapi/v1.json")).Body);
        document.RootElement.GetProperty("paths").TryGetProperty("/order", out _).Should().BeTrue();
        (await deadLetters.InvokeAsync("""{"Records":[]}""")).Answer.Should().Be("""{"batchItemFailures":[]}""");
    }

    private static async Task<GatewayReply> AskAsync(FunctionProcess api, string method, string path, string? body = null)
    {
        var (failed, answer) = await api.InvokeAsync(GatewayEvents.Version2(method, path, body));
        failed.Should().BeFalse(answer);
        return GatewayEvents.Read(answer);
    }
}
