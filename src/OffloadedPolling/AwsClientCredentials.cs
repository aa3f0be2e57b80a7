using System.Runtime.CompilerServices;
using Amazon.Runtime;
using Amazon.Runtime.Credentials;

namespace OffloadedPolling;

/// <summary>What an AWS client signs with.</summary>
internal static class AwsClientCredentials
{
    public static AWSCredentials Find(IAmazonService client) =>
        (client is AmazonServiceClient sdkClient ? ExplicitCredentials(sdkClient) : null)
        ?? client.Config.DefaultAWSCredentials
        ?? DefaultAWSCredentialsIdentityResolver.GetCredentials(client.Config);

    // Protected in the SDK, so part of its contract towards clients derived from it, but of no other way out.
    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_ExplicitAWSCredentials")]
    private static extern AWSCredentials? ExplicitCredentials(AmazonServiceClient client);
}
