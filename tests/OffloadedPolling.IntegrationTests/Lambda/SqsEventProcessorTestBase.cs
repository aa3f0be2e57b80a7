using System.Text;
using Amazon.SQS;
using Amazon.SQS.Model;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OffloadedPolling.IntegrationTests.Servers;

namespace OffloadedPolling.IntegrationTests.Lambda;

/// <summary>The base of tests that process messages of a real queue as AWS Lambda passes them.</summary>
public abstract class SqsEventProcessorTestBase : IAsyncLifetime
{
    private protected const int MaxReceiveCount = 2;

    private protected static TimeSpan TimeLeft { get; } = TimeSpan.FromMinutes(1);

    private protected HandlerScript Script { get; } = new();

    private protected AmazonSQSClient Sqs { get; } = TestServers.NewSqsClient();

    private protected TestHost Host { get; private set; } = null!;

    private protected string DeadLetters { get; private set; } = null!;

    private protected SqsEvents Queue { get; private set; } = null!;

    private protected SqsEventProcessor Processor => Host.Services.GetRequiredService<SqsEventProcessor>();

    public async ValueTask InitializeAsync()
    {
        (var queue, DeadLetters) = await TestServers.NewQueueWithDeadLettersAsync(MaxReceiveCount);
        Queue = new SqsEvents(Sqs, queue);
        Host =
            await TestHost.CreateAsync(queueUrl: queue, operation: options => options.DeadLetterQueueUrl = DeadLetters, build: builder =>
            {
                builder.Services.AddSingleton(Script);
                builder.WithSqsEvents().AddHandler<Parcel, ParcelHandler>().AddDeadLetterReader();
            });
        foreach (var service in Host.Services.GetServices<IHostedService>())
        {
            await service.StartAsync(default);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        Sqs.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected async Task<string[]> AcceptAsync(params string[] to)
    {
        var accepted = new List<string>();
        foreach (var each in to)
        {
            accepted.Add((await Host.Operations.AcceptAsync(new Parcel(each), default)).Id);
        }

        return [.. accepted];
    }

    private protected async Task<OperationState[]> StatesAsync(string[] ids) =>
        await Task.WhenAll(ids.Select(async id => (await Host.Operations.GetAsync(id, default))!.State));

    private protected async Task<IReadOnlyList<Message>> ReceiveAllAsync(int count)
    {
        var received = new List<Message>();
        await Eventually.TrueAsync(
            async () =>
            {
                received.AddRange(await Queue.ReceiveAsync());
                return received.Count >= count;
            },
            TimeSpan.FromSeconds(30),
            () => $"{received.Count} of {count} messages arrived");
        received.Should().HaveCount(count);
        return received;
    }

    private protected Task<string> ArnAsync() => SqsEvents.ArnAsync(Sqs, Host.QueueUrl);

    private protected async Task<IReadOnlyList<string>> ProcessAsync(string json)
    {
        using var input = Input(json);
        return SqsEvents.Failures(await Processor.ProcessAsync(input, TimeLeft, TestContext.Current.CancellationToken));
    }

    private protected static MemoryStream Input(string json) => new(Encoding.UTF8.GetBytes(json));
}
