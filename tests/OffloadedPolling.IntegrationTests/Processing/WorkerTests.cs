using Amazon.SQS.Model;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OffloadedPolling.IntegrationTests.Servers;

namespace OffloadedPolling.IntegrationTests.Processing;

/// <summary>Tests the behavior of a worker on S3 and SQS that the conformance suite does not cover.</summary>
public sealed class WorkerTests : IAsyncLifetime
{
    private static readonly TimeSpan _timeout = TimeSpan.FromSeconds(60);

    private readonly HandlerScript _script = new();

    private List<IHostedService> _hosted = [];

    private TestHost _host = null!;

    private RecordingProxy _s3 = null!;

    public async ValueTask InitializeAsync() => await StartAsync(await TestServers.NewQueueAsync());

    private async Task StartAsync(string queueUrl)
    {
        _s3 = await RecordingProxy.StartAsync(TestServers.S3);
        _host = await TestHost.CreateAsync(
            _s3.Address,
            queueUrl: queueUrl,
            options: options => options.MinProgressInterval = TimeSpan.FromMilliseconds(200),
            build: builder =>
            {
                builder.Services.AddSingleton(_script);
                builder.AddHandler<Parcel, ParcelHandler>();
            });
        _hosted = [.. _host.Services.GetServices<IHostedService>()];
        foreach (var service in _hosted)
        {
            await service.StartAsync(default);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var service in _hosted)
        {
            await service.StopAsync(default);
        }

        await _host.DisposeAsync();
        await _s3.DisposeAsync();
    }

    [Fact]
    public async Task Message_WithoutStatusKey_IsLoggedAndNeverRuns()
    {
        using var sqs = TestServers.NewSqsClient();
        await sqs.SendMessageAsync(new SendMessageRequest(_host.QueueUrl, """{"To":"nobody"}"""));

        var good = await _host.Operations.AcceptAsync(new Parcel("Ada"));

        (await EndOfAsync(good.Id)).State.Should().Be(OperationState.Succeeded);
        await Eventually.TrueAsync(() => _host.Log.Entries.Any(entry => entry.Id == 410), _timeout, () => "the message was not logged");
        _script.Delivered.Should().Equal("Ada");
    }

    [Fact]
    public async Task Progress_IsCoalesced()
    {
        _script.Steps["Ada"] = 50;

        var end = await EndOfAsync((await _host.Operations.AcceptAsync(new Parcel("Ada"))).Id);

        var writes = _s3.Requests.Count(request => request.Method == "PUT" && request.Path.Contains(end.Id, StringComparison.Ordinal));
        var atMost = 3 + (int)Math.Ceiling((end.LastUpdatedAt - end.CreatedAt) / TimeSpan.FromMilliseconds(200));
        writes.Should().BeInRange(4, atMost);
    }

    [Fact]
    public async Task Handler_ThrowsOnLastDelivery_FailsWithoutDeadLetter()
    {
        using var sqs = TestServers.NewSqsClient();
        await DisposeAsync();
        var (queue, deadLetterQueue) = await TestServers.NewQueueWithDeadLettersAsync(maxReceiveCount: 1);
        await StartAsync(queue);
        _script.Throw["Bob"] = new InvalidOperationException("As told.");

        var end = await EndOfAsync((await _host.Operations.AcceptAsync(new Parcel("Bob"))).Id);

        (end.State, end.Attempt).Should().Be((OperationState.Failed, (int?)1));
        await Eventually.TrueAsync(
            async () => await CountAsync(sqs, _host.QueueUrl) == 0, _timeout, () => "the message is still there");
        (await CountAsync(sqs, deadLetterQueue)).Should().Be(0);
    }

    private static async Task<int> CountAsync(Amazon.SQS.AmazonSQSClient sqs, string queueUrl)
    {
        var attributes = await sqs.GetQueueAttributesAsync(queueUrl, ["All"]);
        return attributes.ApproximateNumberOfMessages + attributes.ApproximateNumberOfMessagesNotVisible;
    }

    private async Task<OperationStatus> EndOfAsync(string id)
    {
        OperationStatus? last = null;
        await Eventually.TrueAsync(
            async () => (last = await _host.Operations.GetAsync(id))!.State.IsTerminal(), _timeout, () => $"the status is {last}");
        return last!;
    }
}
