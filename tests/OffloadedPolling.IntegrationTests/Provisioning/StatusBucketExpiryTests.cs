using Amazon.S3;
using Amazon.S3.Model;
using OffloadedPolling.IntegrationTests.Servers;
using static OffloadedPolling.Provisioning.ProvisioningState;

namespace OffloadedPolling.IntegrationTests.Provisioning;

/// <summary>Tests which objects the lifecycle rules delete.</summary>
public sealed class StatusBucketExpiryTests(FastLifecycle server) : IClassFixture<FastLifecycle>, IAsyncDisposable
{
    private static readonly CancellationToken _cancellationToken = TestContext.Current.CancellationToken;

    private static readonly TimeSpan _timeout = TimeSpan.FromSeconds(60);

    private readonly string _bucket = $"test-{Guid.NewGuid():n}";

    // The server needs almost one of these short days for one bucket, and then starts over. It may never reach a second bucket.
    public async ValueTask DisposeAsync()
    {
        using var s3 = TestServers.NewS3Client(server.Address);
        await s3.DeleteLifecycleConfigurationAsync(_bucket, CancellationToken.None);
    }

    [Fact]
    public async Task Expiry_DeletesOnlyDocuments()
    {
        using var s3 = TestServers.NewS3Client(server.Address);
        await using var host = await HostAsync(s3, versions: false);
        (await host.StatusBucket().ApplyAsync(_cancellationToken)).State("Expiry").Should().Be(Applied);

        // A day is so short here that the document may be deleted at once, so the test does not check that it exists.
        await host.Operations.AcceptAsync(new Parcel("to somebody"), _cancellationToken);
        await PutAsync(s3, host, "operations-profiles/parcels.json");
        await PutAsync(s3, host, "reports/of-somebody-else");

        await Eventually.TrueAsync(
            async () => !(await KeysAsync(s3, host)).Any(key => key.StartsWith("operations/", StringComparison.Ordinal)), _timeout,
            () => "The document is still there.");
        (await KeysAsync(s3, host)).Should().Equal("operations-profiles/parcels.json", "reports/of-somebody-else");
    }

    [Fact]
    public async Task NoncurrentExpiry_DeletesOldVersions()
    {
        using var s3 = TestServers.NewS3Client(server.Address);
        await using var host = await HostAsync(s3, versions: true);
        (await host.StatusBucket().ApplyAsync(_cancellationToken)).State("NoncurrentExpiry").Should().Be(Applied);

        await PutAsync(s3, host, "operations/x.json");
        await PutAsync(s3, host, "operations/x.json");

        // First a delete marker is added, then the versions are deleted, then the marker.
        await Eventually.TrueAsync(async () => await VersionsAsync(s3, host) == 0, _timeout, () => "Versions are still there.");
    }

    private async Task<TestHost> HostAsync(AmazonS3Client s3, bool versions)
    {
        await s3.PutBucketAsync(_bucket, _cancellationToken);
        if (versions)
        {
            await s3.PutBucketVersioningAsync(
                new PutBucketVersioningRequest { BucketName = _bucket, VersioningConfig = new() { Status = VersionStatus.Enabled } },
                _cancellationToken);
        }

        return await BucketHost.CreateAsync(bucket: _bucket, address: server.Address);
    }

    private static Task<PutObjectResponse> PutAsync(AmazonS3Client s3, TestHost host, string key) => s3.PutObjectAsync(
        new PutObjectRequest { BucketName = host.Bucket, Key = key, ContentBody = "{}", UseChunkEncoding = false }, _cancellationToken);

    private static async Task<List<string>> KeysAsync(AmazonS3Client s3, TestHost host) =>
        [.. ((await s3.ListObjectsV2Async(new ListObjectsV2Request { BucketName = host.Bucket }, _cancellationToken)).S3Objects ?? [])
            .Select(found => found.Key)];

    private static async Task<int> VersionsAsync(AmazonS3Client s3, TestHost host) =>
        (await s3.ListVersionsAsync(new ListVersionsRequest { BucketName = host.Bucket }, _cancellationToken)).Versions?.Count ?? 0;
}
