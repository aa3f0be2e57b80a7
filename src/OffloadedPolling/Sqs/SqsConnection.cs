using Amazon.Extensions.NETCore.Setup;
using Amazon.Runtime;
using Amazon.SQS;
using Microsoft.Extensions.Options;

namespace OffloadedPolling.Sqs;

/// <summary>The SQS client and the kinds' queue URLs: the host's own client, or one from AWS's standard settings.</summary>
internal sealed class SqsConnection(IOptionsMonitor<OperationOptions> options, IAmazonSQS? hostClient = null, AWSOptions? awsOptions = null)
    : IAwsClientSource, IDisposable
{
    /// <summary>The most that SQS waits for a message in one request.</summary>
    private static readonly TimeSpan _longestWait = TimeSpan.FromSeconds(20);

    // With less, workers would ask all the time.
    private static readonly TimeSpan _shortestWait = TimeSpan.FromSeconds(1);

    // What an answer may take beyond that.
    private static readonly TimeSpan _toAnswer = TimeSpan.FromSeconds(10);

    // The SDK's own default is over 24 days.
    private static readonly TimeSpan _timeout = _longestWait + _toAnswer;

    private readonly Lazy<IAmazonSQS> _client = new(() => hostClient ?? Create(awsOptions));

    public IAmazonSQS Client => _client.Value;

    /// <summary>How long a receive waits for its first message: less than a client of the host's waits for an answer.</summary>
    public TimeSpan ReceiveWait => Client.Config?.Timeout is { } timeout && timeout < _timeout ? WaitWithin(timeout) : _longestWait;

    public string QueueUrl(string kind) => options.Get(kind).QueueUrl;

    /// <summary>Sends a request, and says in words what is wrong when it fails.</summary>
    /// <exception cref="OperationQueueException">SQS could not be reached, or refuses.</exception>
    public async Task<TResponse> CallAsync<TResponse>(
        string verb, string queueUrl, Func<Task<TResponse>> call, CancellationToken cancellationToken)
    {
        try
        {
            return await call().ConfigureAwait(false);
        }
        catch (Exception failed) when (AwsFailure.Is(failed, cancellationToken))
        {
            throw SqsErrors.ToQueueException(verb, queueUrl, Client.Config, failed);
        }
    }

    public void EnsureClient() => _ = Client;

    public void Dispose()
    {
        if (_client.IsValueCreated && hostClient is null)
        {
            _client.Value.Dispose();
        }
    }

    private static TimeSpan WaitWithin(TimeSpan timeout)
    {
        var wait = timeout < 2 * _toAnswer ? timeout / 2 : timeout - _toAnswer;
        return wait > _shortestWait ? wait : _shortestWait;
    }

    private static SqsClient Create(AWSOptions? awsOptions)
    {
        try
        {
            var (credentials, config) = AwsClientCredentials.FromOptions<IAmazonSQS, AmazonSQSConfig>(awsOptions, _timeout);
            return credentials is null ? new SqsClient(config) : new SqsClient(credentials, config);
        }
        catch (AmazonClientException incomplete)
        {
            throw new OperationQueueException(
                $"No SQS client could be made: {incomplete.Message}. Set AWS_REGION (and AWS_ENDPOINT_URL_SQS for another server than "
                + "AWS), or register an IAmazonSQS.", incomplete);
        }
    }
}
