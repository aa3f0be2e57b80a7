using System.Net;
using System.Net.Http.Json;
using OffloadedPolling.IntegrationTests.EndToEnd;
using OffloadedPolling.IntegrationTests.Lambda;
using OffloadedPolling.IntegrationTests.Servers;

namespace OffloadedPolling.IntegrationTests.Packages;

/// <summary>Creates a project from each template, builds it against this repository's packages and runs one operation.</summary>
[Collection(nameof(LocalPackages))]
public sealed class TemplatesTests(LocalPackages packages)
{
    private static readonly string[] _leftovers =
        ["samples/", "../", "ProjectReference", "Company.Orders", "Company.Reports", "offloaded-polling-orders", "Corner Shop"];

    [Fact]
    public async Task OffloadedMinimal_NewProject_HasSixFilesAndRunsOperation()
    {
        var project = await packages.MakeAsync("offloaded-minimal", "Acme.Order-Desk");
        await AssertIndependentAsync(project, "Acme.Order_Desk");
        Directory.GetFiles(project, "*", SearchOption.AllDirectories).Should().HaveCount(6);
        (await File.ReadAllTextAsync(Path.Combine(project, "README.md"))).Should().StartWith("# Acme.Order-Desk\n");
        var program = await LocalPackages.PublishAsync(project);

        using var files = new SqliteOrdersSettings();
        await using var reports = await OrdersProcess.StartAsync(files.For(), program);
        using var caller = new Caller();
        using var response = await caller.Http.PostAsJsonAsync(new Uri(reports.Address, "/report"), new { year = 2026 });
        response.StatusCode.Should().Be(HttpStatusCode.Accepted);
        var end = await caller.WaitForTheEndAsync(response.Headers.Location!.OriginalString);
        (end.State, end.Result?.GetProperty("text").GetString()).Should().Be((OperationState.Succeeded, "The year 2026 was a good one."));
    }

    [Fact]
    public async Task OffloadedApi_NewProject_RunsOperation()
    {
        // A name that is not a valid namespace.
        var project = await packages.MakeAsync("offloaded-api", "Acme.Order-Desk");
        await AssertIndependentAsync(project, "Acme.Order_Desk");
        (await File.ReadAllTextAsync(Path.Combine(project, "container", "Dockerfile")))
            .Should().Contain("""ENTRYPOINT ["dotnet", "/app/Acme.Order-Desk.dll"]""");
        (await File.ReadAllTextAsync(Path.Combine(project, "systemd", "orders-worker.service")))
            .Should().Contain("ExecStart=/opt/orders/Acme.Order-Desk\n");
        var program = await LocalPackages.PublishAsync(project);

        using var files = new SqliteOrdersSettings();
        await using var orders = await OrdersProcess.StartAsync(files.For(), program);
        using var caller = new Caller();
        var end = await caller.WaitForTheEndAsync((await caller.PlaceAsync(orders.Address)).StatusUrl);
        end.State.Should().Be(OperationState.Succeeded);
        end.Result!.Value.GetProperty("customer").GetString().Should().Be("Ada");
        (await caller.Http.GetStringAsync(new Uri(orders.Address, "/orders.js"))).Should().Contain("poll.js");
        (await caller.Http.GetStringAsync(orders.Address)).Should().Contain("<title>Acme.Order-Desk</title>");
    }

    [Fact]
    public async Task OffloadedLambda_NewProject_RunsOperation()
    {
        var project = await packages.MakeAsync("offloaded-lambda", "Acme.Order-Desk");
        await AssertIndependentAsync(project, "Acme.Order_Desk");
        var program = await LocalPackages.PublishAsync(project);
        var handlers = SamTemplate.Read(project).Handlers.ToList();
        handlers.Should().HaveCount(3);
        handlers.Should().AllSatisfy(handler => _ = new ManagedHandler(Path.GetDirectoryName(program)!, handler));

        var settings = await LambdaSettings.CreateAsync();
        await using var api = await FunctionProcess.StartAsync(Handler("ApiFunction"), settings.All(), program);
        await using var worker = await FunctionProcess.StartAsync(Handler("WorkerFunction"), settings.All(), program);
        var (failed, answer) = await api.InvokeAsync(
            GatewayEvents.Version2("POST", "/order", """{"customer":"Ada","items":[{"sku":"book","quantity":1}]}"""));
        failed.Should().BeFalse(answer);
        using var sqs = TestServers.NewSqsClient();
        (await new SqsEvents(sqs, settings.QueueUrl).PumpAsync(worker.HandleAsync)).Should().BeTrue();
        using var caller = new Caller();
        (await caller.PollAsync(GatewayEvents.Read(answer).Headers["Location"])).State.Should().Be(OperationState.Succeeded);

        string Handler(string function) => handlers.Single(handler => handler.Contains(function, StringComparison.Ordinal));
    }

    // The project refers neither to this repository nor to the names that the template replaces.
    private static async Task AssertIndependentAsync(string project, string @namespace)
    {
        var files = Directory.GetFiles(project, "*", SearchOption.AllDirectories);
        files.Should().Contain(Path.Combine(project, "README.md"));
        files.Should().Contain(Path.Combine(project, $"{Path.GetFileName(project)}.csproj"));
        (await File.ReadAllLinesAsync(Path.Combine(project, ".gitignore")))
            .Should().Contain(["bin/", "obj/", "publish/", "*.db", "*.db-shm", "*.db-wal"]);
        foreach (var file in files)
        {
            var text = await File.ReadAllTextAsync(file);
            _leftovers.Should().AllSatisfy(left => text.Should().NotContain(left));
            var spaces = text.Split('\n').Where(line => line.StartsWith("namespace ", StringComparison.Ordinal)).ToList();
            spaces.All(line => line.StartsWith($"namespace {@namespace}", StringComparison.Ordinal)).Should().BeTrue(file);
        }
    }
}
