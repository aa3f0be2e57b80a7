using Amazon.Extensions.NETCore.Setup;
using Amazon.Runtime;
using Amazon.Runtime.Internal;
using Amazon.SQS;
using Amazon.SQS.Internal;
using Amazon.SQS.Model;
using Microsoft.Extensions.Options;

namespace OffloadedPolling.Sqs;

/// <summary>The SQS client and the queue URLs of the kinds.</summary>
internal sealed class SqsConnection(IOptionsMonitor<OperationOptions> options, IAmazonSQS? hostClient = null, AWSOptions? awsOptions = null)
    : AwsConnection<IAmazonSQS>(hostClient, () => Create(awsOptions))
{
    // The maximum of SQS for one request.
    private static readonly TimeSpan _longestWait = TimeSpan.FromSeconds(20);

    // A shorter wait would make workers send requests constantly.
    private static readonly TimeSpan _shortestWait = TimeSpan.FromSeconds(1);

    // The additional time for the response.
    private static readonly TimeSpan _toAnswer = TimeSpan.FromSeconds(10);

    // The SDK's default is over 24 days.
    private static readonly TimeSpan _timeout = _longestWait + _toAnswer;

    /// <summary>Gets the time that a receive waits for its first message. It is shorter than the timeout of the client.</summary>
    public TimeSpan ReceiveWait => Client.Config?.Timeout is { } timeout && timeout < _timeout ? WaitWithin(timeout) : _longestWait;

    public string QueueUrl(string kind) => options.Get(kind).QueueUrl;

    /// <summary>Sends a request.</summary>
    /// <exception cref="OperationQueueException">SQS cannot be reached, or returns an error.</exception>
    public async Task<TResponse> RequestAsync<TResponse>(
        string doing, string queueUrl, Func<Task<TResponse>> send, CancellationToken cancellationToken)
        where TResponse : class =>
        (await RequestAsync(doing, queueUrl, send, static _ => false, cancellationToken).ConfigureAwait(false)).Response!;

    /// <summary>Sends a request. Returns the response, or the error of SQS if the caller handles it.</summary>
    /// <exception cref="OperationQueueException">SQS cannot be reached, or returns another error.</exception>
    public async Task<(TResponse? Response, AmazonServiceException? Refusal)> RequestAsync<TResponse>(
        string doing, string queueUrl, Func<Task<TResponse>> send, Func<AmazonServiceException, bool> handles,
        CancellationToken cancellationToken)
        where TResponse : class
    {
        try
        {
            return (await send().ConfigureAwait(false), null);
        }
        catch (Exception failed) when (AwsFailure.Is(failed, cancellationToken))
        {
            return failed is AmazonServiceException refusal && handles(refusal)
                ? (null, refusal)
                : throw SqsErrors.ToQueueException(doing, queueUrl, Client.Config, failed);
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
            throw new OperationQueueException(AwsFailure.WithoutClient("SQS", nameof(IAmazonSQS), incomplete), incomplete);
        }
    }
}

/// <summary>
/// The SDK's client without its check of received messages. The check fails a whole receive if one message does not match its checksum,
/// so that the other nine lose a delivery. <see cref="SqsMessages"/> checks each message separately.
/// </summary>
internal sealed class SqsClient : AmazonSQSClient
{
    public SqsClient(AmazonSQSConfig config)
        : base(config)
    {
    }

    public SqsClient(AWSCredentials credentials, AmazonSQSConfig config)
        : base(credentials, config)
    {
    }

    protected override void CustomizeRuntimePipeline(RuntimePipeline pipeline)
    {
        base.CustomizeRuntimePipeline(pipeline);
        pipeline.ReplaceHandler<ValidationResponseHandler>(new AllButReceives());
    }

    private sealed class AllButReceives : ValidationResponseHandler
    {
        protected override void PostInvoke(IExecutionContext executionContext)
        {
            if (executionContext.ResponseContext.Response is not ReceiveMessageResponse)
            {
                base.PostInvoke(executionContext);
            }
        }
    }
}
