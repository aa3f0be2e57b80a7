using Amazon.Runtime;

namespace OffloadedPolling;

/// <summary>
/// Distinguishes failures of AWS, the network or credentials from the library's own exceptions and from cancellation by the caller.
/// </summary>
internal static class AwsFailure
{
    private const string HowToSetCredentials =
        "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, set AWS_PROFILE to a profile name, or assign a role to the machine, "
        + "container or function.";

    public const string HowToCheckCredentials =
        "Check the credentials that the AWS SDK finds: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, the profile, or the role.";

    public static bool Is(Exception error, CancellationToken cancellationToken) => error switch
    {
        OffloadedPollingException => false,
        OperationCanceledException => !cancellationToken.IsCancellationRequested,
        AmazonServiceException or AmazonClientException or HttpRequestException or IOException or TimeoutException => true,
        ObjectDisposedException => false,
        // Credentials providers throw these exceptions.
        ProcessAWSCredentialException or InvalidOperationException => true,
        _ => false,
    };

    /// <summary>Returns why a client could not be created, and what to do.</summary>
    public static string WithoutClient(string service, string client, AmazonClientException error)
    {
        var whatToDo = IsAboutCredentials(error)
            ? HowToSetCredentials.TrimEnd('.')
            : $"Set AWS_REGION (and AWS_ENDPOINT_URL_{service} for a server other than AWS)";
        return $"The {service} client could not be created: {error.Message.TrimEnd('.')}. {whatToDo}, or register an {client}.";
    }

    /// <summary>Returns why the service did not respond, and what to do.</summary>
    /// <param name="service">The service's name, such as <c>S3</c>. It is part of the name of the variable for the address.</param>
    /// <param name="config">The client's configuration.</param>
    /// <param name="error">The exception that the client threw.</param>
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
                $"Check that the server is running, and that AWS_ENDPOINT_URL_{service} is its address.");
        }

        var region = config?.RegionEndpoint?.SystemName ?? "unknown";
        return error is HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError }
            ? ($"DNS has no address for {service} in the region '{region}' ({error.Message})", "Check AWS_REGION and the machine's DNS.")
            : ($"{service} in the region '{region}' could not be reached ({error.Message})", "Check the network and AWS_REGION.");
    }

    private static bool IsAboutCredentials(Exception error) => error is AmazonClientException
        && (error.Message.Contains("credentials", StringComparison.OrdinalIgnoreCase)
            || error.Message.Contains("profile", StringComparison.OrdinalIgnoreCase));
}
