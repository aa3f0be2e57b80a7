using Amazon.Extensions.NETCore.Setup;
using Amazon.Runtime;
using Amazon.SecurityToken;

namespace OffloadedPolling.Sts;

/// <summary>The STS client: the host's own, or one from the standard settings of AWS.</summary>
internal sealed class StsConnection(IAmazonSecurityTokenService? hostClient = null, AWSOptions? awsOptions = null)
    : AwsConnection<IAmazonSecurityTokenService>(hostClient, () => Create(awsOptions))
{
    // The SDK's default is over 24 days. Callers wait for the response.
    private static readonly TimeSpan _timeout = TimeSpan.FromSeconds(10);

    /// <summary>Returns whether the client has temporary credentials. Reads them each time, because they may change.</summary>
    public async Task<bool> SignsWithTemporaryKeysAsync() =>
        (await AwsClientCredentials.Find(Client).GetCredentialsAsync().ConfigureAwait(false)).UseToken;

    private static AmazonSecurityTokenServiceClient Create(AWSOptions? awsOptions)
    {
        try
        {
            var (credentials, config) = AwsClientCredentials.FromOptions<IAmazonSecurityTokenService, AmazonSecurityTokenServiceConfig>(
                awsOptions, _timeout);
            return credentials is null
                ? new AmazonSecurityTokenServiceClient(config)
                : new AmazonSecurityTokenServiceClient(credentials, config);
        }
        catch (AmazonClientException incomplete)
        {
            throw new TemporaryCredentialsException(
                AwsFailure.WithoutClient("STS", nameof(IAmazonSecurityTokenService), incomplete), incomplete);
        }
    }
}
