using Amazon.Runtime;

namespace OffloadedPolling;

/// <summary>
/// Tells a failing service, network or credentials provider from this library's own exceptions and from a caller that cancels.
/// </summary>
internal static class AwsFailure
{
    private const string HowToSetCredentials =
        "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, name a profile in AWS_PROFILE, or give the machine, container or function "
        + "a role.";

    public static bool Is(Exception error, CancellationToken cancellationToken) => error switch
    {
        OffloadedPollingException => false,
        OperationCanceledException => !cancellationToken.IsCancellationRequested,
        AmazonServiceException or AmazonClientException or HttpRequestException or IOException or TimeoutException => true,
        ObjectDisposedException => false,
        // Credentials providers throw these.
        ProcessAWSCredentialException or InvalidOperationException => true,
        _ => false,
    };

    /// <summary>Returns why the library could not make a client, and what to do.</summary>
    public static string WithoutClient(string service, string client, AmazonClientException error)
    {
        var whatToDo = IsAboutCredentials(error)
            ? HowToSetCredentials.TrimEnd('.')
            : $"Set AWS_REGION (and AWS_ENDPOINT_URL_{service} for another server than AWS)";
        return $"No {service} client could be made: {error.Message.TrimEnd('.')}. {whatToDo}, or register an {client}.";
    }

    /// <summary>Returns what is wrong when the service gave no answer, and what to do.</summary>
    /// <param name="service">The service's name: <c>S3</c>. The variable for its address is made from it.</param>
    /// <param name="config">The client's configuration.</param>
    /// <param name="error">What the client threw.</param>
    public static (string What, string WhatToDo) WithoutAnswer(string service, IClientConfig? config, Exception error)
    {
        if (IsAboutCredentials(error))
        {
            return ("no AWS credentials were found", HowToSetCredentials);
        }

        if (error is ProcessAWSCredentialException or InvalidOperationException)
        {
            return ($"the AWS credentials could not be obtained ({error.GetType().Name})", "Fix the credentials provider; see the inner "
                + "exception.");
        }

        if (!string.IsNullOrEmpty(config?.ServiceURL))
        {
            return ($"{service} could not be reached at '{config.ServiceURL}' ({error.Message})",
                $"Check that the server runs there, and AWS_ENDPOINT_URL_{service}, which sets the address.");
        }

        var region = config?.RegionEndpoint?.SystemName ?? "unknown";
        return error is HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError }
            ? ($"{service} has no known address in the region '{region}' ({error.Message})", "Check AWS_REGION and the machine's DNS.")
            : ($"{service} in the region '{region}' could not be reached ({error.Message})", "Check the network and AWS_REGION.");
    }

    private static bool IsAboutCredentials(Exception error) => error is AmazonClientException
        && (error.Message.Contains("credentials", StringComparison.OrdinalIgnoreCase)
            || error.Message.Contains("profile", StringComparison.OrdinalIgnoreCase));
}
