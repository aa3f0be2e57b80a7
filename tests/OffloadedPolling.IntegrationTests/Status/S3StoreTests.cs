using Amazon.S3.Model;
using OffloadedPolling.IntegrationTests.Servers;

namespace OffloadedPolling.IntegrationTests.Status;

public sealed class S3StoreTests : IAsyncLifetime
{
    private const string Id = "0123456789abcdef0123456789abcdef";

    private TestHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await TestHost.CreateAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task CreateAsync_SixteenRacingWriters_OneSucceeds()
    {
        var attempts = await Task.WhenAll(Enumerable.Range(0, 16).Select(writer => Task.Run(async () =>
        {
            try
            {
                return await _host.Store.CreateAsync(Waiting() with { Message = $"writer {writer}" }, OperationMetadata.Empty, default);
            }
            catch (OperationStatusConflictException)
            {
                return null;
            }
        })));

        var winner = Assert.Single(attempts, created => created is not null)!;
        var found = await _host.Store.GetAsync(Id, default);
        Assert.Equal(winner.Status.Message, found!.Status.Message);
        Assert.Equal(winner.Version, found.Version);
    }

    [Fact]
    public async Task UpdateAsync_WithTheVersionRead_Writes()
    {
        var created = await _host.Store.CreateAsync(Waiting(), OperationMetadata.Empty, default);

        var updated = await _host.Store.UpdateAsync(
            created.Status with { Status = OperationState.Running, Attempt = 1 }, new OperationMetadata { OwnerMessageId = "m-1" }, created.Version, default);

        var found = await _host.Store.GetAsync(Id, default);
        Assert.Equal(updated, found);
        Assert.Equal("m-1", found!.Metadata.OwnerMessageId);
    }

    [Fact]
    public async Task UpdateAsync_WithAnOlderVersion_LosesToTheNewer()
    {
        var created = await _host.Store.CreateAsync(Waiting(), OperationMetadata.Empty, default);
        var newer = await _host.Store.UpdateAsync(created.Status with { Message = "newer" }, OperationMetadata.Empty, created.Version, default);

        await Assert.ThrowsAsync<OperationStatusConflictException>(() =>
            _host.Store.UpdateAsync(created.Status with { Message = "older" }, OperationMetadata.Empty, created.Version, default));

        Assert.Equal(newer, await _host.Store.GetAsync(Id, default));
    }

    [Fact]
    public async Task UpdateAsync_OfADeletedDocument_Conflicts()
    {
        var created = await _host.Store.CreateAsync(Waiting(), OperationMetadata.Empty, default);
        using var s3 = TestServers.NewS3Client();
        await s3.DeleteObjectAsync(_host.Bucket, _host.Store.GetStatusKey(Id));

        await Assert.ThrowsAsync<OperationStatusConflictException>(() => _host.Store.UpdateAsync(created.Status, OperationMetadata.Empty, created.Version, default));
    }

    [Fact]
    public async Task GetAsync_UnknownId_Null() => Assert.Null(await _host.Store.GetAsync(Id, default));

    [Theory]
    [InlineData("not json at all")]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("""{"id":"0123456789abcdef0123456789abcdef","kind":"parcels","status":"Exploded","createdAt":"2026-11-23T10:00:00Z","lastUpdatedAt":"2026-11-23T10:00:00Z","expiresAt":"2026-11-24T10:00:00Z"}""")]
    [InlineData("""{"id":"ffffffffffffffffffffffffffffffff","kind":"parcels","status":"Running","createdAt":"2026-11-23T10:00:00Z","lastUpdatedAt":"2026-11-23T10:00:00Z","expiresAt":"2026-11-24T10:00:00Z"}""")]
    public async Task GetAsync_WhatIsNoDocumentOfOurs_SaysSo(string body)
    {
        using var s3 = TestServers.NewS3Client();
        await s3.PutObjectAsync(new PutObjectRequest { BucketName = _host.Bucket, Key = _host.Store.GetStatusKey(Id), ContentBody = body, UseChunkEncoding = false });

        var thrown = await Assert.ThrowsAsync<InvalidStatusDocumentException>(() => _host.Store.GetAsync(Id, default));

        Assert.Contains(_host.Store.GetStatusKey(Id), thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CreateAsync_OverMaxDocumentBytes_IsRefusedAndNothingIsWritten()
    {
        var thrown = await Assert.ThrowsAsync<StatusDocumentTooLargeException>(() =>
            _host.Store.CreateAsync(Waiting() with { Message = new string('x', 17_000) }, OperationMetadata.Empty, default));

        Assert.Contains("MaxDocumentBytes", thrown.Message, StringComparison.Ordinal);
        Assert.Null(await _host.Store.GetAsync(Id, default));
    }

    [Fact]
    public async Task CreateAsync_StoredObject_IsPlainJsonForCallers()
    {
        await _host.Store.CreateAsync(Waiting() with { Message = "größer & schöner" }, OperationMetadata.Empty, default);

        using var s3 = TestServers.NewS3Client();
        using var stored = await s3.GetObjectAsync(_host.Bucket, _host.Store.GetStatusKey(Id));
        using var reader = new StreamReader(stored.ResponseStream);
        var body = await reader.ReadToEndAsync();
        Assert.StartsWith("{", body, StringComparison.Ordinal);
        Assert.Contains("größer & schöner", body, StringComparison.Ordinal);
        Assert.Equal("application/json", stored.Headers.ContentType);
        Assert.Equal("no-store", stored.Headers.CacheControl);
    }

    [Fact]
    public async Task CreateAsync_MissingBucket_NamesItAndWhatToDo()
    {
        await using var host = await TestHost.CreateAsync(bucket: "there-is-no-such-bucket");

        var thrown = await Assert.ThrowsAsync<OperationStoreException>(() => host.Store.CreateAsync(Waiting(), OperationMetadata.Empty, default));

        Assert.Contains("there-is-no-such-bucket", thrown.Message, StringComparison.Ordinal);
        Assert.Contains("Create it", thrown.Message, StringComparison.Ordinal);
    }

    internal static OperationStatus Waiting(string id = Id) => new()
    {
        Id = id,
        Kind = "parcels",
        Status = OperationState.NotStarted,
        CreatedAt = DateTimeOffset.UnixEpoch,
        LastUpdatedAt = DateTimeOffset.UnixEpoch,
        ExpiresAt = DateTimeOffset.UnixEpoch.AddDays(1),
    };
}
