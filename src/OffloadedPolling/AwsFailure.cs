using Amazon.Runtime;

namespace OffloadedPolling;

/// <summary>Tells a failing service or network from this library's own exceptions and from a caller that gives up.</summary>
internal static class AwsFailure
{
    public static bool Is(Exception error, CancellationToken cancel) => error switch
    {
        OffloadedPollingException => false,
        OperationCanceledException => !cancel.IsCancellationRequested,
        AmazonServiceException or AmazonClientException or HttpRequestException or IOException or TimeoutException => true,
        _ => false,
    };
}
