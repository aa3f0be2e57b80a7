using Amazon.Extensions.NETCore.Setup;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Microsoft.Extensions.Options;

namespace OffloadedPolling.S3;

/// <summary>The S3 client, bucket and key prefix that the store and the issuer share.</summary>
internal sealed class S3Connection(IOptions<S3Options> options, IAmazonS3? hostClient = null, AWSOptions? awsOptions = null)
    : AwsConnection<IAmazonS3>(hostClient, () => Create(options.Value, awsOptions))
{
    // The SDK's default is over 24 days. A status document is small, so a request that takes longer than this has failed.
    private static readonly TimeSpan _timeout = TimeSpan.FromSeconds(10);

    public string Bucket => options.Value.BucketName;
    public string KeyPrefix => options.Value.KeyPrefix;

    /// <summary>Gets the region that requests are signed for. For a custom address without a region, it is the SDK's choice.</summary>
    public string Region =>
        Client.Config is { AuthenticationRegion: { Length: > 0 } set } ? set : Client.Config.RegionEndpoint?.SystemName ?? "us-east-1";

    /// <summary>Gets the address of the S3 server, or <see langword="null"/> on AWS.</summary>
    public string? CustomAddress => string.IsNullOrEmpty(Client.Config.ServiceURL) ? null : Client.Config.ServiceURL;

    /// <summary>Gets the address of the S3 server for callers that use an SDK, or <see langword="null"/> on AWS.</summary>
    public string? PublicAddress => options.Value.PublicEndpoint ?? CustomAddress;
    public bool ForcesPathStyle => Client.Config is AmazonS3Config { ForcePathStyle: true };

    /// <summary>Sends a request. Returns the response, or the error of S3 if the caller handles it.</summary>
    /// <exception cref="OperationStoreException">S3 cannot be reached, or returns another error.</exception>
    public async Task<(TResponse? Response, AmazonS3Exception? Refusal)> RequestAsync<TResponse>(
        string doing, string key, Func<Task<TResponse>> send, Func<AmazonS3Exception, bool> handles, CancellationToken cancellationToken)
        where TResponse : class
    {
        try
        {
            return (await send().ConfigureAwait(false), null);
        }
        catch (Exception failed) when (AwsFailure.Is(failed, cancellationToken))
        {
            return failed is AmazonS3Exception refusal && handles(refusal)
                ? (null, refusal)
                : throw S3Errors.ToStoreException(doing, this, key, failed);
        }
    }

    /// <summary>Returns the address for requests to the bucket. Its path ends with a slash.</summary>
    public Uri GetEndpoint(string anyKey)
    {
        var endpoint = new Uri(Client.DetermineServiceOperationEndpoint(new GetObjectRequest { BucketName = Bucket, Key = anyKey }).URL);
        return endpoint.AbsolutePath.Contains("//", StringComparison.Ordinal)
            ? throw new OperationStoreException(
                $"The S3 client's address '{Client.Config.ServiceURL}' ends with a slash after a path, which adds an empty segment to "
                + "every URL. Remove the slash.")
            : endpoint;
    }

    /// <summary>Returns the address for requests of callers to the bucket. Its path ends with a slash.</summary>
    public Uri GetPublicEndpoint(string anyKey)
    {
        var endpoint = GetEndpoint(anyKey);
        if (options.Value.PublicEndpoint is not { } configured)
        {
            return endpoint;
        }

        var address = new Uri(configured);
        return IsVirtualHosted(endpoint) && address.HostNameType == UriHostNameType.Dns
            ? new UriBuilder(address) { Host = $"{Bucket}.{address.Host}", Path = "/" }.Uri
            : new Uri(address, IsVirtualHosted(endpoint) ? $"/{Bucket}/" : endpoint.AbsolutePath);
    }

    /// <summary>
    /// Returns whether the SDK puts the bucket in front of the host name. Where this is impossible, it ignores the settings.
    /// </summary>
    public bool IsVirtualHosted(Uri endpoint) => endpoint.Host.StartsWith($"{Bucket}.", StringComparison.OrdinalIgnoreCase);
    public override void EnsureClient() => _ = GetEndpoint(KeyPrefix);

    private static AmazonS3Client Create(S3Options options, AWSOptions? awsOptions)
    {
        try
        {
            var (credentials, config) = AwsClientCredentials.FromOptions<IAmazonS3, AmazonS3Config>(awsOptions, _timeout);
            config.ForcePathStyle |= options.ForcePathStyle;
            return credentials is null ? new AmazonS3Client(config) : new AmazonS3Client(credentials, config);
        }
        catch (AmazonClientException incomplete)
        {
            throw new OperationStoreException(AwsFailure.WithoutClient("S3", nameof(IAmazonS3), incomplete), incomplete);
        }
    }
}
