using System.Text;
using Amazon.S3.Model;
using Microsoft.Extensions.DependencyInjection;
using OffloadedPolling.IntegrationTests.Servers;

namespace OffloadedPolling.IntegrationTests.WaitTime;

/// <summary>Where profiles lie on S3, and what is made of S3's less friendly answers.</summary>
public sealed class S3ProfilesUnderFaultsTests : IAsyncLifetime
{
    private const string Kind = "parcels";

    private const string Key = "operations-profiles/parcels.json";

    private RecordingProxy _s3 = null!;

    private TestHost _host = null!;

    private int _writes;

    private IDurationProfileStore Profiles => _host.Services.GetRequiredService<IDurationProfileStore>();

    public async ValueTask InitializeAsync()
    {
        _s3 = await RecordingProxy.StartAsync(TestServers.S3);
        _host = await TestHost.CreateAsync(s3: _s3.Address);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _s3.DisposeAsync();
    }

    [Fact]
    public async Task WriteAsync_OnTheWire_IsConditionalPlainAndBesideTheDocumentsPrefix()
    {
        var written = await WriteAsync("one");
        await WriteAsync("two", written!.Version);

        Assert.All(_s3.Requests, put =>
        {
            Assert.Equal(("PUT", $"/{_host.Bucket}/{Key}"), (put.Method, put.Path));
            Assert.DoesNotContain("aws-chunked", put.Headers.GetValueOrDefault("Content-Encoding") ?? "", StringComparison.Ordinal);
            Assert.DoesNotContain("STREAMING", put.Headers["X-Amz-Content-SHA256"], StringComparison.Ordinal);
        });
        Assert.Equal(["*", null], _s3.Requests.Select(put => put.Headers.GetValueOrDefault("If-None-Match")));
        Assert.Equal([null, written.Version], _s3.Requests.Select(put => put.Headers.GetValueOrDefault("If-Match")));
    }

    [Fact]
    public async Task GetIfChangedAsync_OfWhatIsKnown_Is304()
    {
        var written = await WriteAsync("one");

        Assert.Null(await Profiles.GetIfChangedAsync(Kind, written!.Version, default));

        Assert.Equal(304, _s3.Requests[^1].StatusCode);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task WriteAsync_AWriteThatSucceededBehindA500_IsItsOwn(bool replaces)
    {
        var version = replaces ? (await WriteAsync("before"))!.Version : null;
        _s3.AfterUpstream = context =>
        {
            if (context.Request.Method == "PUT" && Interlocked.Increment(ref _writes) == 1)
            {
                context.Response.StatusCode = 500;
            }
        };

        var written = await WriteAsync("mine", version);

        Assert.Equal([500, 412], _s3.Requests.Where(request => request.Method == "PUT").Select(request => request.StatusCode).TakeLast(2));
        Assert.Equal((await Profiles.GetAsync(Kind, default))!.Version, written!.Version);
        Assert.Equal("mine", Encoding.UTF8.GetString(written.Profile.Span));
    }

    [Fact]
    public async Task WriteAsync_409_IsTriedAgain()
    {
        _s3.Intercept = async context =>
            context.Request.Method == "PUT" && Interlocked.Increment(ref _writes) == 1 && await AwsAnswers.XmlErrorAsync(context, "ConditionalRequestConflict", 409);

        Assert.NotNull(await WriteAsync("mine"));

        Assert.Equal([409, 200], _s3.Requests.Where(request => request.Method == "PUT").Select(request => request.StatusCode));
    }

    [Fact]
    public async Task GetAsync_403_IsNoneAndWarnedOfOnce()
    {
        _s3.Intercept = context => AwsAnswers.XmlErrorAsync(context, "AccessDenied", 403);

        Assert.Null(await Profiles.GetAsync(Kind, default));
        Assert.Null(await Profiles.GetIfChangedAsync(Kind, "any", default));

        var warning = Assert.Single(_host.Log.Entries, entry => entry.Id == 204);
        Assert.Contains($"{_host.Bucket}/operations-profiles/", warning.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WriteAsync_403_NamesTheProfileAndThePermissions()
    {
        _s3.Intercept = context => AwsAnswers.XmlErrorAsync(context, "AccessDenied", 403);

        var thrown = await Assert.ThrowsAsync<OperationStoreException>(() => WriteAsync("mine"));

        Assert.Contains($"Could not write the duration profile '{Key}' in the bucket '{_host.Bucket}'", thrown.Message, StringComparison.Ordinal);
        Assert.Contains("s3:PutObject", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GetAsync_WhatIsTooLargeForAProfile_IsNotReadAndCanBeReplaced()
    {
        using var s3 = TestServers.NewS3Client();
        await s3.PutObjectAsync(new PutObjectRequest
        {
            BucketName = _host.Bucket, Key = Key, ContentBody = new string('x', StoredDurationProfile.MaxBytes + 1), UseChunkEncoding = false,
        });

        var found = await Profiles.GetAsync(Kind, default);

        Assert.Equal(0, found!.Profile.Length);
        Assert.NotNull(await WriteAsync("mine", found.Version));
    }

    private Task<StoredDurationProfile?> WriteAsync(string profile, string? version = null) =>
        Profiles.WriteAsync(Kind, Encoding.UTF8.GetBytes(profile), version, default);
}
