using System.Net;
using System.Security.Cryptography;
using System.Text;
using Amazon.S3.Model;
using Amazon.SecurityToken;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using OffloadedPolling.Client.S3;
using OffloadedPolling.IntegrationTests.Servers;
using OffloadedPolling.Sts;

namespace OffloadedPolling.IntegrationTests.S3;

/// <summary>Tests S3 behind a proxy that forwards responses in chunks, without Content-Length.</summary>
public sealed class S3ChunkedAnswersTests : IAsyncLifetime
{
    private const string Id = TestDocuments.Id;

    private const string Kind = "parcels";

    private RecordingProxy _s3 = null!;

    private TestHost _host = null!;

    private string? _checksum;

    private IDurationProfileStore Profiles => _host.Services.GetRequiredService<IDurationProfileStore>();

    public async ValueTask InitializeAsync()
    {
        _s3 = await RecordingProxy.StartAsync(TestServers.S3);
        _host = await TestHost.CreateAsync(s3: _s3.Address, build: builder =>
        {
            builder.Services.AddSingleton<IAmazonSecurityTokenService>(_ => TestServers.NewStsClient());
            builder.WithSts(sts => sts.RoleArn = TestServers.RoleArn);
        });
        _s3.AfterUpstream = Chunk;
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _s3.DisposeAsync();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(15_000)]
    public async Task GetAsync_ChunkedResponse_ReadsWholeDocument(int messageLength)
    {
        var created = await _host.Store.CreateAsync(
            TestDocuments.Waiting() with { Message = new string('m', messageLength) }, OperationMetadata.Empty, default);

        var read = await _host.Store.GetAsync(Id, default);

        read.Should().Be(created);
        (await _host.Store.GetIfChangedAsync(Id, created.Version, default)).Should().BeNull();
        (await _host.Store.GetIfChangedAsync(Id, "0123", default)).Should().Be(created);
    }

    [Fact]
    public async Task GetAsync_ResponseHasChecksum_ReadsWholeDocument()
    {
        var document = TestDocuments.Waiting();
        await _host.Store.CreateAsync(document, OperationMetadata.Empty, default);
        _checksum = Convert.ToBase64String(SHA256.HashData(StatusDocument.Write(document, StatusDocument.MaxBytes)));

        (await _host.Store.GetAsync(Id, default))!.Status.Should().Be(document);
    }

    [Theory]
    [InlineData(StatusDocument.MaxBytes + 1)]
    [InlineData(4 * StatusDocument.MaxBytes)]
    public async Task GetAsync_DocumentIsTooLarge_Throws(int length)
    {
        await PutAsync(_host.Store.GetStatusKey(Id), length);

        await _host.Store.Invoking(store => store.GetAsync(Id, default)).Should()
            .ThrowAsync<InvalidStatusDocumentException>().WithMessage("*more than 1048576 bytes*");
    }

    [Fact]
    public async Task GetAsync_EmptyObject_Throws()
    {
        await PutAsync(_host.Store.GetStatusKey(Id), 0);

        await _host.Store.Invoking(store => store.GetAsync(Id, default)).Should().ThrowAsync<InvalidStatusDocumentException>();
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(StoredDurationProfile.MaxBytes, StoredDurationProfile.MaxBytes)]
    [InlineData(StoredDurationProfile.MaxBytes + 1, 0)]
    public async Task GetAsync_Profile_IsReadUpToMaxBytes(int length, int read)
    {
        await PutAsync("operations-profiles/parcels.json", length);

        var found = await Profiles.GetAsync(Kind, default);

        found!.Profile.Length.Should().Be(read);
        (await Profiles.WriteAsync(Kind, Encoding.UTF8.GetBytes("mine"), found.Version, default)).Should().NotBeNull();
    }

    [Fact]
    public async Task ReadAsync_TemporaryCredentials_ReadsWholeDocument()
    {
        var document = TestDocuments.Waiting() with { Message = new string('m', 15_000) };
        await _host.Store.CreateAsync(document, OperationMetadata.Empty, default);
        var credentials = await _host.Services.GetRequiredService<IStatusCredentialsIssuer>().IssueAsync(Id, "ada");
        using var reader = new S3StatusReader((_, _) => Task.FromResult(credentials!));

        (await reader.ReadAsync(null, default)).Status.Should().Be(document);

        await PutAsync(_host.Store.GetStatusKey(Id), StatusDocument.MaxBytes + 1);
        (await reader.ReadAsync(null, default)).Fault.Should().Be("the body is not a status document");
    }

    [Fact]
    public async Task CheckAsync_UnexpectedObject_ReturnsNull()
    {
        await PutAsync(_host.Store.GetStatusKey(new string('0', 32)), 1000);

        (await _host.Store.CheckAsync(default)).Should().BeNull();
    }

    private void Chunk(HttpContext context)
    {
        if (context.Request.Method == "GET" && context.Response.StatusCode == (int)HttpStatusCode.OK)
        {
            context.Response.ContentLength = null;
            context.Response.Headers["X-Amz-Checksum-Sha256"] = _checksum;
        }
    }

    private async Task PutAsync(string key, int length)
    {
        using var s3 = TestServers.NewS3Client();
        await s3.PutObjectAsync(new PutObjectRequest
        {
            BucketName = _host.Bucket, Key = key, ContentBody = new string('x', length), UseChunkEncoding = false,
        });
    }
}
