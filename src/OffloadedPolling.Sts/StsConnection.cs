using Amazon.Extensions.NETCore.Setup;
using Amazon.Runtime;
using Amazon.SecurityToken;

namespace OffloadedPolling.Sts;

/// <summary>The STS client: the host's own, or one from AWS's standard settings.</summary>
internal sealed class StsConnection(IAmazonSecurityTokenService? hostClient = null, AWSOptions? awsOptions = null)
    : IAwsClientSource, IDisposable
{
    // The SDK's own default is over 24 days. Callers wait for the answer.
    private static readonly TimeSpan _timeout = TimeSpan.FromSeconds(10);

    private readonly Lazy<IAmazonSecurityTokenService> _client = new(() => hostClient ?? Create(awsOptions));

    public IAmazonSecurityTokenService Client => _client.Value;

    public void EnsureClient() => _ = Client;

    /// <summary>Whether the client's credentials are those of a session. Taken anew each time: a provider may come to others.</summary>
    public async Task<bool> SignsWithTemporaryKeysAsync() =>
        (await AwsClientCredentials.Find(Client).GetCredentialsAsync().ConfigureAwait(false)).UseToken;

    public void Dispose()
    {
        if (_client.IsValueCreated && hostClient is null)
        {
            _client.Value.Dispose();
        }
    }

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
                $"No STS client could be made: {incomplete.Message}. Set AWS_REGION (and AWS_ENDPOINT_URL_STS for another server than "
                + "AWS), or register an IAmazonSecurityTokenService.", incomplete);
        }
    }
}
