using Amazon.SQS;
using Amazon.SQS.Model;
using Microsoft.Extensions.DependencyInjection;
using OffloadedPolling.IntegrationTests.Servers;
using OffloadedPolling.Provisioning;

namespace OffloadedPolling.IntegrationTests.Provisioning;

/// <summary>Base class for tests of the queue setup, with a queue and a dead-letter queue that do not exist yet.</summary>
public abstract class OperationQueuesTestBase : IDisposable
{
    private protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private protected string Name { get; } = $"test-{Guid.NewGuid():n}";

    private protected AmazonSQSClient Sqs { get; } = TestServers.NewSqsClient();

    private protected string QueueUrl => UrlOf(Name);

    private protected string DeadLettersUrl => UrlOf($"{Name}-dead");

    public void Dispose()
    {
        Sqs.Dispose();
        GC.SuppressFinalize(this);
    }

    private static string UrlOf(string name) => $"{TestServers.Sqs.ToString().TrimEnd('/')}/000000000000/{name}";

    private protected Task<TestHost> HostAsync(
        Action<OperationOptions>? operation = null, Action<OperationQueuesOptions>? switches = null, Uri? address = null,
        string? queueUrl = null) =>
        TestHost.CreateAsync(
            sqs: address, queueUrl: queueUrl ?? QueueUrl,
            operation: kind =>
            {
                kind.DeadLetterQueueUrl = DeadLettersUrl;
                operation?.Invoke(kind);
            },
            build: builder => builder.AddProvisioning().Services.Configure(switches ?? (_ => { })));

    private protected static OperationQueues Queues(TestHost host) => host.Services.GetRequiredService<OperationQueues>();

    private protected static ProvisioningPart Part(ProvisioningReport report, string name) =>
        report.Parts.Single(part => part.Name == $"parcels:{name}");

    private protected static ProvisioningState State(ProvisioningReport report, string name) => Part(report, name).State;

    private protected Task<CreateQueueResponse> CreateAsync(string url, string retention = "345600", string visibility = "30") =>
        Sqs.CreateQueueAsync(
            new CreateQueueRequest
            {
                QueueName = url[(url.LastIndexOf('/') + 1)..],
                Attributes = new() { ["MessageRetentionPeriod"] = retention, ["VisibilityTimeout"] = visibility },
            }, Cancellation);

    private protected async Task<Dictionary<string, string>> AttributesAsync(string url) =>
        (await Sqs.GetQueueAttributesAsync(url, [QueueAttributeName.All], Cancellation)).Attributes;
}
