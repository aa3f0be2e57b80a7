using System.Runtime.CompilerServices;
using Amazon.Extensions.NETCore.Setup;
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

    /// <summary>
    /// Returns what a client of the library's own is made from: the host's <see cref="AWSOptions"/>, or the SDK's standard settings.
    /// </summary>
    /// <param name="options">The host's options, if it has any.</param>
    /// <param name="timeout">The timeout of one request, unless the options have one.</param>
    /// <returns>The credentials, <see langword="null"/> for those of the SDK's default chain, and the configuration.</returns>
    public static (AWSCredentials? Credentials, TConfig Config) FromOptions<TClient, TConfig>(AWSOptions? options, TimeSpan timeout)
        where TClient : class, IAmazonService, IDisposable
        where TConfig : ClientConfig, new()
    {
        if (options is null)
        {
            return (null, new TConfig { Timeout = timeout });
        }

        // The options cannot be read without making a client.
        using var client = options.CreateServiceClient<TClient>();
        var config = (TConfig)client.Config;
        config.Timeout = options.DefaultClientConfig.Timeout ?? timeout;
        return (Find(client), config);
    }

    // Protected in the SDK, so part of its contract towards clients derived from it, but of no other way out.
    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_ExplicitAWSCredentials")]
    private static extern AWSCredentials? ExplicitCredentials(AmazonServiceClient client);
}
