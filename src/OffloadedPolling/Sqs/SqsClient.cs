using Amazon.Runtime;
using Amazon.Runtime.Internal;
using Amazon.SQS;
using Amazon.SQS.Internal;
using Amazon.SQS.Model;

namespace OffloadedPolling.Sqs;

/// <summary>
/// AWS's client without its check of received messages, which fails a whole receive for one message that does not match its checksum: the
/// other nine would lose a delivery. <see cref="SqsMessages"/> checks each by itself.
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
