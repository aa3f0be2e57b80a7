using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OffloadedPolling.IntegrationTests.Servers;

namespace OffloadedPolling.IntegrationTests.Processing;

/// <summary>Tests how many SQS requests a backlog of operations costs.</summary>
public sealed class WorkerUnderLoadTests(ITestOutputHelper output)
{
    private const int Operations = 300;

    [Fact]
    public async Task Worker_ManyOperations_BatchesReceivesAndDeletes()
    {
        await using var sqs = await RecordingProxy.StartAsync(TestServers.Sqs);
        await using var host = await TestHost.CreateAsync(sqs: sqs.Address, build: builder => builder.AddHandler<Parcel, QuickHandler>());
        var accepted = new List<AcceptedOperation>();
        for (var operation = 0; operation < Operations; operation++)
        {
            accepted.Add(await host.Operations.AcceptAsync(new Parcel("Ada")));
        }

        var sent = sqs.Requests.Count(request => request.Target == "AmazonSQS.SendMessage");
        var workers = host.Services.GetServices<IHostedService>().ToList();
        workers.ForEach(worker => worker.StartAsync(default).GetAwaiter().GetResult());
        foreach (var operation in accepted)
        {
            await Eventually.TrueAsync(
                async () => (await host.Operations.GetAsync(operation.Id))!.State == OperationState.Succeeded, TimeSpan.FromSeconds(60),
                () => $"{operation.Id} has not ended");
        }

        foreach (var worker in workers)
        {
            await worker.StopAsync(default);
        }

        var received = sqs.Requests.Count(request => request.Target == "AmazonSQS.ReceiveMessage");
        var deleted = sqs.Requests.Count(request => request.Target == "AmazonSQS.DeleteMessageBatch");
        output.WriteLine($"{Operations} operations: {sent} sends, {received} receives, {deleted} deletes");
        sent.Should().Be(Operations);
        ((double)(received + deleted) / Operations).Should().BeInRange(0.2, 0.25);
    }

    internal sealed class QuickHandler : IOperationHandler<Parcel, string>
    {
        private static readonly TimeSpan _work = TimeSpan.FromMilliseconds(20);

        public async Task<string> HandleAsync(OperationContext<Parcel> context, CancellationToken cancellationToken)
        {
            await Task.Delay(_work, cancellationToken);
            return "done";
        }
    }
}
