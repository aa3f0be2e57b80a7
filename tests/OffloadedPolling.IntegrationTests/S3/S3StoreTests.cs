using OffloadedPolling.IntegrationTests.Servers;

namespace OffloadedPolling.IntegrationTests.S3;

/// <summary>Tests the behavior of the S3 store that the conformance suite does not cover.</summary>
public sealed class S3StoreTests : IAsyncLifetime
{
    private TestHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await TestHost.CreateAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task CreateAsync_StoredObject_IsPlainJson()
    {
        await _host.Store.CreateAsync(TestDocuments.Waiting() with { Message = "größer & schöner" }, OperationMetadata.Empty, default);

        using var s3 = TestServers.NewS3Client();
        using var stored = await s3.GetObjectAsync(_host.Bucket, _host.Store.GetStatusKey(TestDocuments.Id));
        using var reader = new StreamReader(stored.ResponseStream);
        var body = await reader.ReadToEndAsync();
        body.Should().StartWith("{");
        body.Should().Contain("größer & schöner");
        stored.Headers.ContentType.Should().Be("application/json");
        stored.Headers.CacheControl.Should().Be("no-store");
    }

    [Fact]
    public async Task UpdateAsync_ReplacedMessages_AddsMetadata()
    {
        var created = await _host.Store.CreateAsync(TestDocuments.Waiting(), OperationMetadata.Empty, default);
        (await MetadataAsync()).Should().NotContain("x-amz-meta-op-replaced");

        await _host.Store.UpdateAsync(
            created.Status with { Message = "again" }, created.Metadata with { ReplacedMessageIds = "m-1" }, created.Version, default);

        (await MetadataAsync()).Should().Contain("x-amz-meta-op-replaced");
    }

    [Fact]
    public async Task CreateAsync_NoSuchBucket_NamesBucketAndFix()
    {
        await using var host = await TestHost.CreateAsync(bucket: "there-is-no-such-bucket");

        var thrown = (await FluentActions.Awaiting(() => host.Store.CreateAsync(TestDocuments.Waiting(), OperationMetadata.Empty, default))
            .Should().ThrowExactlyAsync<OperationStoreException>()).Which;

        thrown.Message.Should().Contain("there-is-no-such-bucket");
        thrown.Message.Should().Contain("Create it");
    }

    private async Task<ICollection<string>> MetadataAsync()
    {
        using var s3 = TestServers.NewS3Client();
        return (await s3.GetObjectMetadataAsync(_host.Bucket, _host.Store.GetStatusKey(TestDocuments.Id))).Metadata.Keys;
    }
}
