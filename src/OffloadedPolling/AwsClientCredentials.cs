using System.Runtime.CompilerServices;
using Amazon.Extensions.NETCore.Setup;
using Amazon.Runtime;
using Amazon.Runtime.Credentials;

namespace OffloadedPolling;

/// <summary>Finds the credentials that an AWS client signs with.</summary>
internal static class AwsClientCredentials
{
    // The type that the SDK's default chain returns on EC2. It is not public.
    private const string InstanceProfile = "Amazon.Runtime.DefaultInstanceProfileAWSCredentials";

    public static AWSCredentials Find(IAmazonService client)
    {
        var found = (client is AmazonServiceClient sdkClient ? ExplicitCredentials(sdkClient) : null)
            ?? client.Config.DefaultAWSCredentials
            ?? DefaultAWSCredentialsIdentityResolver.GetCredentials(client.Config);

        // The same keys from the same source, but these credentials report their expiration.
        return found.GetType().FullName == InstanceProfile ? new InstanceProfileAWSCredentials() : found;
    }

    /// <summary>
    /// Returns the settings for a client that the library creates: the host's <see cref="AWSOptions"/>, or the SDK's standard settings.
    /// </summary>
    /// <param name="options">The host's options, if it has any.</param>
    /// <param name="timeout">The timeout of one request, if the options do not set one.</param>
    /// <returns>The configuration and the credentials, which are <see langword="null"/> if there are no options.</returns>
    public static (AWSCredentials? Credentials, TConfig Config) FromOptions<TClient, TConfig>(AWSOptions? options, TimeSpan timeout)
        where TClient : class, IAmazonService, IDisposable
        where TConfig : ClientConfig, new()
    {
        if (options is null)
        {
            return (null, new TConfig { Timeout = timeout });
        }

        // The options can only be read by creating a client.
        using var client = options.CreateServiceClient<TClient>();
        var config = (TConfig)client.Config;
        config.Timeout = options.DefaultClientConfig.Timeout ?? timeout;
        return (Find(client), config);
    }

    // The member is protected, so it is part of the SDK's contract. The SDK offers no public alternative.
    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_ExplicitAWSCredentials")]
    private static extern AWSCredentials? ExplicitCredentials(AmazonServiceClient client);
}
