using Amazon.Runtime;
using Amazon.S3;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using OffloadedPolling.S3;

namespace OffloadedPolling.Tests.S3;

/// <summary>Creates issuers without a host.</summary>
internal static class TestIssuers
{
    public const string Bucket = "my-bucket";

    public const string Key = "operations/0123456789abcdef0123456789abcdef.json";

    public static IPresignedUrlIssuer New(
        IAmazonS3 client,
        TimeProvider time,
        OffloadedPollingOptions? options = null,
        ILogger<S3PresignedUrlIssuer>? logger = null,
        string bucket = Bucket,
        string? publicEndpoint = null)
    {
        var s3Options = Options.Create(new S3Options { BucketName = bucket, PublicEndpoint = publicEndpoint });
        var connection = new S3Connection(s3Options, client);
        var probe = new S3WriteProbe(connection, s3Options, new SettingsSection(null), time);
        return new S3PresignedUrlIssuer(
            connection,
            new SigningCredentialsSource(connection, NullLogger<SigningCredentialsSource>.Instance),
            new S3StatusUrlProbe(probe, new S3HttpClient(connection), s3Options, time),
            Options.Create(options ?? new OffloadedPollingOptions { MaxUrlLifetime = TimeSpan.FromDays(7) }),
            time,
            logger ?? NullLogger<S3PresignedUrlIssuer>.Instance);
    }

    public static AmazonS3Client Client(AWSCredentials credentials, Action<AmazonS3Config>? configure = null)
    {
        var config = new AmazonS3Config { RegionEndpoint = Amazon.RegionEndpoint.EUWest1 };
        configure?.Invoke(config);
        return new AmazonS3Client(credentials, config);
    }

    public static string? Query(string url, string name) => System.Web.HttpUtility.ParseQueryString(new Uri(url).Query)[name];
}
