using Amazon.Runtime;
using Amazon.S3;
using Microsoft.Extensions.Options;
using OffloadedPolling.S3;

namespace OffloadedPolling.Tests.S3;

public sealed class S3HttpClientTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Dispose_ClientFromHostFactory_FollowsFactorySetting(bool disposes)
    {
        using var http = new HttpClient();
        using var s3 = new AmazonS3Client(
            new BasicAWSCredentials("key", "secret"),
            new AmazonS3Config { ServiceURL = "http://127.0.0.1:1", HttpClientFactory = new OneHttpClient(http, disposes) });
        using var connection = new S3Connection(Options.Create(new S3Options { BucketName = "status" }), s3);
        var client = new S3HttpClient(connection);
        client.Client.Should().BeSameAs(http);

        client.Dispose();

        (Record.Exception(http.CancelPendingRequests) is ObjectDisposedException).Should().Be(disposes);
    }

    private sealed class OneHttpClient(HttpClient http, bool disposes) : HttpClientFactory
    {
        public override HttpClient CreateHttpClient(IClientConfig clientConfig) => http;

        public override bool UseSDKHttpClientCaching(IClientConfig clientConfig) => false;

        public override bool DisposeHttpClientsAfterUse(IClientConfig clientConfig) => disposes;
    }
}
