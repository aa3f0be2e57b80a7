using Amazon.Runtime;
using Amazon.SQS;
using Microsoft.Extensions.Options;

namespace OffloadedPolling.Queue;

/// <summary>The SQS client and the kinds' queue URLs: the host's own client, or one from AWS's standard settings.</summary>
internal sealed class SqsConnection(IOptionsMonitor<OperationOptions> options, IAmazonSQS? hostClient = null) : IAwsClientSource, IDisposable
{
    /// <summary>The most that SQS waits for a message in one request.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(20);

    // The SDK's own default is over 24 days.
    private static readonly TimeSpan _timeout = LongestWait + TimeSpan.FromSeconds(10);

    private readonly Lazy<IAmazonSQS> _client = new(() => hostClient ?? Create());

    public IAmazonSQS Client => _client.Value;

    public string QueueUrl(string kind) => options.Get(kind).QueueUrl;

    public void EnsureClient() => _ = Client;

    public void Dispose()
    {
        if (_client.IsValueCreated && hostClient is null)
        {
            _client.Value.Dispose();
        }
    }

    private static SqsClient Create()
    {
        try
        {
            return new SqsClient(new AmazonSQSConfig { Timeout = _timeout });
        }
        catch (AmazonClientException incomplete)
        {
            throw new OperationQueueException(
                $"No SQS client could be made: {incomplete.Message}. Set AWS_REGION (and AWS_ENDPOINT_URL_SQS for another server than AWS), or register an IAmazonSQS.", incomplete);
        }
    }
}
