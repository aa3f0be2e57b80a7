using System.Text;
using System.Text.Json.Nodes;
using Amazon.SQS;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using OffloadedPolling.IntegrationTests.Servers;

namespace OffloadedPolling.IntegrationTests.Lambda;

/// <summary>When a function notices that its queue's maxReceiveCount was raised.</summary>
public sealed class MaxReceiveCountTests : IAsyncLifetime
{
    private readonly HandlerScript _script = new();

    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);

    private readonly AmazonSQSClient _client = TestServers.NewSqsClient();

    private RecordingProxy _sqs = null!;

    private TestHost _host = null!;

    private string _deadLetters = null!;

    public async ValueTask InitializeAsync()
    {
        _sqs = await RecordingProxy.StartAsync(TestServers.Sqs);
        (var queue, _deadLetters) = await TestServers.NewQueueWithDeadLettersAsync(maxReceiveCount: 2);
        _host = await TestHost.CreateAsync(sqs: _sqs.Address, queueUrl: queue, time: _time, build: builder =>
        {
            builder.Services.AddSingleton(_script).AddSingleton<IWaitTimeEstimator, NoEstimates>();
            builder.WithSqsEvents().AddHandler<Parcel, ParcelHandler>();
        });
        _script.Throw["Ada"] = new InvalidOperationException("Thrown by the test.");
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _sqs.DisposeAsync();
        _client.Dispose();
    }

    [Fact]
    public async Task ProcessAsync_MaxReceiveCountRaised_IsSeenAfterOneMinute()
    {
        (await StateAfterDeliveryAsync(count: 2)).Should().Be(OperationState.Failed);
        await TestServers.SetMaxReceiveCountAsync(_host.QueueUrl, _deadLetters, maxReceiveCount: 10);
        _time.Advance(TimeSpan.FromMinutes(1));

        await Eventually.TrueAsync(
            async () => await StateAfterDeliveryAsync(count: 2) == OperationState.Running, TimeSpan.FromSeconds(60),
            () => "the new count is not seen");
        _sqs.Requests.Count(request => request.Target == "AmazonSQS.GetQueueAttributes").Should().Be(2);
    }

    private async Task<OperationState> StateAfterDeliveryAsync(int count)
    {
        var accepted = await _host.Operations.AcceptAsync(new Parcel("Ada"));
        var queue = new SqsEvents(_client, _host.QueueUrl);
        var messages = await queue.ReceiveAsync();
        var sqsEvent = JsonNode.Parse(SqsEvents.Event(messages, await SqsEvents.ArnAsync(_client, _host.QueueUrl)))!;
        sqsEvent["Records"]![0]!["attributes"]!["ApproximateReceiveCount"] = $"{count}";
        using var input = new MemoryStream(Encoding.UTF8.GetBytes(sqsEvent.ToJsonString()));

        await _host.Services.GetRequiredService<SqsEventProcessor>().ProcessAsync(input, TimeSpan.FromMinutes(1));

        await _client.DeleteMessageAsync(_host.QueueUrl, messages.Single().ReceiptHandle);
        return (await _host.Operations.GetAsync(accepted.Id))!.State;
    }

    // Estimates would read the queue's attributes far more often.
    private sealed class NoEstimates : IWaitTimeEstimator
    {
        public ValueTask<OperationEstimate?> EstimateAsync(string kind, CancellationToken cancellationToken) => default;
    }
}
