using System.Globalization;
using Amazon;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Microsoft.Extensions.Time.Testing;

namespace OffloadedPolling.Tests.S3;

/// <summary>Checks that status URLs are the same, byte for byte, as the SDK's.</summary>
public sealed class SameUrlAsTheSdkTests
{
    public static TheoryData<string, string, string?> Cases()
    {
        var data = new TheoryData<string, string, string?>();
        foreach (var client in _clients.Keys)
        {
            data.Add(client, TestIssuers.Bucket, null);
            data.Add(client, "my.dotted.bucket", "session/token+with==signs");
        }

        data.Add("region", "arn:aws:s3:eu-west-1:123456789012:accesspoint/status", null);
        data.Add("region", TestIssuers.Bucket, new string('t', 5000));
        return data;
    }

    private static readonly Dictionary<string, Action<AmazonS3Config>> _clients = new()
    {
        ["region"] = _ => { },
        ["us-east-1"] = config => config.RegionEndpoint = RegionEndpoint.USEast1,
        ["dual stack"] = config => config.UseDualstackEndpoint = true,
        ["path style"] = config => config.ForcePathStyle = true,
        ["http address"] = config => Address(config, "http://127.0.0.1:8000", pathStyle: true),
        ["http name without path style"] = config => Address(config, "http://localhost:8000", pathStyle: false),
        ["https with a path"] = config => Address(config, "https://storage.example/v1/s3", pathStyle: true),
        ["address with a region"] = config =>
        {
            Address(config, "https://s3.example:9443", pathStyle: true);
            config.AuthenticationRegion = "eu-central-1";
        },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task IssueAsync_ReturnsSameUrlAsSdk(string clientName, string bucket, string? token)
    {
        AWSCredentials credentials = token is null
            ? new BasicAWSCredentials("AKID", "secret")
            : new SessionAWSCredentials("AKID", "secret", token);
        using var client = TestIssuers.Client(credentials, _clients[clientName]);
        var isHttp = client.Config.ServiceURL?.StartsWith("http:", StringComparison.Ordinal) == true;
        var theirs = client.GetPreSignedURL(new GetPreSignedUrlRequest
        {
            BucketName = bucket,
            Key = TestIssuers.Key,
            Expires = DateTime.UtcNow.AddSeconds(300),
            Protocol = isHttp ? Protocol.HTTP : Protocol.HTTPS,
        });
        var signedAt = DateTimeOffset.ParseExact(
            TestIssuers.Query(theirs, "X-Amz-Date")!, "yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
        var seconds = int.Parse(TestIssuers.Query(theirs, "X-Amz-Expires")!, CultureInfo.InvariantCulture);

        var ours = await TestIssuers.New(client, new FakeTimeProvider(signedAt.AddMilliseconds(700)), bucket: bucket)
            .IssueAsync(TestIssuers.Key, TimeSpan.FromSeconds(seconds), default);

        ours.Value.Should().Be(theirs);
        ours.ExpiresAt.Should().Be(signedAt.AddSeconds(seconds));
        ours.Value.Should().StartWith(isHttp ? "http://" : "https://");
    }

    [Theory]
    [InlineData("https://files.example.com", true)]
    [InlineData("https://files.example.com", false)]
    [InlineData("https://files.example.com:8443/", true)]
    [InlineData("http://files.example.com", false)]
    public async Task IssueAsync_PublicEndpoint_ReturnsSameUrlAsSdk(string publicEndpoint, bool pathStyle)
    {
        var credentials = new BasicAWSCredentials("AKID", "secret");
        using var callers = TestIssuers.Client(credentials, config => Address(config, publicEndpoint, pathStyle));
        using var hosts = TestIssuers.Client(credentials, config => Address(config, "http://s3.internal:9000", pathStyle));
        var theirs = callers.GetPreSignedURL(new GetPreSignedUrlRequest
        {
            BucketName = TestIssuers.Bucket,
            Key = TestIssuers.Key,
            Expires = DateTime.UtcNow.AddSeconds(300),
            Protocol = publicEndpoint.StartsWith("http:", StringComparison.Ordinal) ? Protocol.HTTP : Protocol.HTTPS,
        });
        var signedAt = DateTimeOffset.ParseExact(
            TestIssuers.Query(theirs, "X-Amz-Date")!, "yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
        var seconds = int.Parse(TestIssuers.Query(theirs, "X-Amz-Expires")!, CultureInfo.InvariantCulture);

        var ours = await TestIssuers.New(hosts, new FakeTimeProvider(signedAt), publicEndpoint: publicEndpoint)
            .IssueAsync(TestIssuers.Key, TimeSpan.FromSeconds(seconds), default);

        ours.Value.Should().Be(theirs);
    }

    private static void Address(AmazonS3Config config, string url, bool pathStyle)
    {
        config.RegionEndpoint = null;
        config.ServiceURL = url;
        config.ForcePathStyle = pathStyle;
    }
}
