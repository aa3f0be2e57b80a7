using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Amazon.SecurityToken;
using Microsoft.Extensions.DependencyInjection;
using OffloadedPolling.IntegrationTests.Servers;
using OffloadedPolling.Sts;

namespace OffloadedPolling.IntegrationTests.Sts;

/// <summary>A host that uses STS on the gateway and has two documents.</summary>
internal sealed class StsHost : IAsyncDisposable
{
    public const string Caller = "ada";

    private const string Id = "00000000000000000000000000000abc";

    private const string OthersId = "00000000000000000000000000000def";

    private StsHost(TestHost host) => Host = host;

    public TestHost Host { get; }

    public string StatusKey => Host.Store.GetStatusKey(Id);

    public string OthersKey => Host.Store.GetStatusKey(OthersId);

    public ITemporaryCredentialsIssuer Issuer => Host.Services.GetRequiredService<ITemporaryCredentialsIssuer>();

    public static async Task<StsHost> StartAsync(string roleArn = TestServers.RoleArn, Uri? sts = null)
    {
        var host = await TestHost.CreateAsync(build: builder =>
        {
            builder.Services.AddSingleton<IAmazonSecurityTokenService>(_ => TestServers.NewStsClient(sts));
            builder.WithSts(settings => settings.RoleArn = roleArn);
        });
        await host.Store.CreateAsync(TestDocuments.Waiting(Id), OperationMetadata.Empty, default);
        await host.Store.CreateAsync(TestDocuments.Waiting(OthersId), OperationMetadata.Empty, default);
        return new StsHost(host);
    }

    public TemporaryCredentialsRequest Request(StsAction? action = null) =>
        new() { Caller = Caller, StatusKeys = [StatusKey], Action = action ?? StsAction.AssumeRole };

    /// <summary>Issues credentials as the library does, but for a shorter time than AWS and the library allow.</summary>
    public async Task<TemporaryCredentials> IssueShortLivedAsync(StsAction action, string roleArn, TimeSpan life)
    {
        using var sts = TestServers.NewStsClient();
        return await StsRequests.SendAsync(
            sts, action, roleArn, Caller, SessionPolicy.For(Host.Bucket, TestServers.Region, [StatusKey]), (int)life.TotalSeconds, default);
    }

    public static AmazonS3Client S3With(TemporaryCredentials credentials) =>
        TestServers.NewS3Client(
            credentials: new SessionAWSCredentials(credentials.AccessKeyId, credentials.SecretAccessKey, credentials.SessionToken));

    /// <summary>Reads a document and returns <c>OK</c> or the error code.</summary>
    public Task<string> ReadAsync(IAmazonS3 s3, string key) => TryAsync(async () => (await s3.GetObjectAsync(Host.Bucket, key)).Dispose());

    public async Task<IReadOnlyDictionary<string, string>> TryOtherRequestsAsync(IAmazonS3 s3)
    {
        return new Dictionary<string, string>
        {
            ["another document"] = await ReadAsync(s3, OthersKey),
            ["listing"] = await TryAsync(() => s3.ListObjectsV2Async(new ListObjectsV2Request { BucketName = Host.Bucket })),
            ["listing buckets"] = await TryAsync(() => s3.ListBucketsAsync()),
            ["writing"] = await TryAsync(() => s3.PutObjectAsync(
                new PutObjectRequest { BucketName = Host.Bucket, Key = StatusKey, ContentBody = "{}", UseChunkEncoding = false })),
            ["writing another object"] = await TryAsync(() => s3.PutObjectAsync(
                new PutObjectRequest { BucketName = Host.Bucket, Key = StatusKey + "x", ContentBody = "{}", UseChunkEncoding = false })),
            ["deleting"] = await TryAsync(() => s3.DeleteObjectAsync(Host.Bucket, StatusKey)),
        };
    }

    public ValueTask DisposeAsync() => Host.DisposeAsync();

    private static async Task<string> TryAsync(Func<Task> request)
    {
        try
        {
            await request();
            return "OK";
        }
        catch (AmazonS3Exception refused)
        {
            return refused.ErrorCode;
        }
    }
}
