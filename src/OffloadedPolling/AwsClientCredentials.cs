using System.Runtime.CompilerServices;
using Amazon.Runtime;
using Amazon.Runtime.Credentials;

namespace OffloadedPolling;

/// <summary>What an AWS client signs with.</summary>
internal static class AwsClientCredentials
{
    // What the SDK's default chain finds on EC2. It is not public.
    private const string InstanceProfile = "Amazon.Runtime.DefaultInstanceProfileAWSCredentials";

    public static AWSCredentials Find(IAmazonService client)
    {
        var found = (client is AmazonServiceClient sdkClient ? ExplicitCredentials(sdkClient) : null)
            ?? client.Config.DefaultAWSCredentials
            ?? DefaultAWSCredentialsIdentityResolver.GetCredentials(client.Config);

        // The same keys from the same place, with their expiration, which the default chain's do not report.
        return found.GetType().FullName == InstanceProfile ? new InstanceProfileAWSCredentials() : found;
    }

    // Protected in the SDK, so part of its contract towards clients derived from it, but of no other way out.
    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_ExplicitAWSCredentials")]
    private static extern AWSCredentials? ExplicitCredentials(AmazonServiceClient client);
}
