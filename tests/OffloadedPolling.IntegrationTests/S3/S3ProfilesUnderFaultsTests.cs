using System.Text;
using Amazon.S3.Model;
using Microsoft.Extensions.DependencyInjection;
using OffloadedPolling.IntegrationTests.Servers;

namespace OffloadedPolling.IntegrationTests.S3;

/// <summary>Tests where profiles are stored on S3, and how the profile store handles S3's error responses.</summary>
public sealed class S3ProfilesUnderFaultsTests : S3FaultTestBase
{
    private const string Kind = "parcels";

    private const string Key = "operations-profiles/parcels.json";

    private int _writes;

    private IDurationProfileStore Profiles => Host.Services.GetRequiredService<IDurationProfileStore>();

    [Fact]
    public async Task WriteAsync_Request_IsConditionalAndNotChunked()
    {
        var written = await WriteAsync("one");
        await WriteAsync("two", written!.Version);

        S3.Requests.Should().AllSatisfy(put =>
        {
            (put.Method, put.Path).Should().Be(("PUT", $"/{Host.Bucket}/{Key}"));
            (put.Headers.GetValueOrDefault("Content-Encoding") ?? "").Should().NotContain("aws-chunked");
            put.Headers["X-Amz-Content-SHA256"].Should().NotContain("STREAMING");
        });
        S3.Requests.Select(put => put.Headers.GetValueOrDefault("If-None-Match")).Should().Equal("*", null);
        S3.Requests.Select(put => put.Headers.GetValueOrDefault("If-Match")).Should().Equal(null, written.Version);
    }

    [Fact]
    public async Task GetIfChangedAsync_KnownVersion_ReturnsNull()
    {
        var written = await WriteAsync("one");

        (await Profiles.GetIfChangedAsync(Kind, written!.Version, default)).Should().BeNull();

        S3.Requests[^1].StatusCode.Should().Be(304);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task WriteAsync_StoredDespite500_ReturnsOwnVersion(bool replaces)
    {
        var version = replaces ? (await WriteAsync("before"))!.Version : null;
        S3.AfterUpstream = context =>
        {
            if (context.Request.Method == "PUT" && Interlocked.Increment(ref _writes) == 1)
            {
                context.Response.StatusCode = 500;
            }
        };

        var written = await WriteAsync("mine", version);

        S3.Requests.Where(request => request.Method == "PUT").Select(request => request.StatusCode).TakeLast(2).Should().Equal(500, 412);
        written!.Version.Should().Be((await Profiles.GetAsync(Kind, default))!.Version);
        Encoding.UTF8.GetString(written.Profile.Span).Should().Be("mine");
    }

    [Fact]
    public async Task WriteAsync_409_Retries()
    {
        S3.Intercept = async context =>
            context.Request.Method == "PUT"
            && Interlocked.Increment(ref _writes) == 1 && await AwsAnswers.XmlErrorAsync(context, "ConditionalRequestConflict", 409);

        (await WriteAsync("mine")).Should().NotBeNull();

        S3.Requests.Where(request => request.Method == "PUT").Select(request => request.StatusCode).Should().Equal(409, 200);
    }

    [Fact]
    public async Task GetAsync_403_ReturnsNullAndWarnsOnce()
    {
        S3.Intercept = context => AwsAnswers.XmlErrorAsync(context, "AccessDenied", 403);

        (await Profiles.GetAsync(Kind, default)).Should().BeNull();
        (await Profiles.GetIfChangedAsync(Kind, "any", default)).Should().BeNull();

        var warning = Host.Log.Entries.Should().ContainSingle(entry => entry.Id == 204).Which;
        warning.Text.Should().Contain($"{Host.Bucket}/operations-profiles/");
    }

    [Fact]
    public async Task WriteAsync_403_NamesProfileAndPermissions()
    {
        S3.Intercept = context => AwsAnswers.XmlErrorAsync(context, "AccessDenied", 403);

        var thrown = (await FluentActions.Awaiting(() => WriteAsync("mine")).Should().ThrowExactlyAsync<OperationStoreException>()).Which;

        thrown.Message.Should().Contain($"Could not write the duration profile '{Key}' in the bucket '{Host.Bucket}'");
        thrown.Message.Should().Contain("s3:PutObject");
    }

    [Fact]
    public async Task GetAsync_ProfileIsTooLarge_IsEmptyAndReplaceable()
    {
        using var s3 = TestServers.NewS3Client();
        await s3.PutObjectAsync(new PutObjectRequest
        {
            BucketName = Host.Bucket, Key = Key, ContentBody = new string('x', StoredDurationProfile.MaxBytes + 1),
            UseChunkEncoding = false,
        });

        var found = await Profiles.GetAsync(Kind, default);

        found!.Profile.Length.Should().Be(0);
        (await WriteAsync("mine", found.Version)).Should().NotBeNull();
    }

    private Task<StoredDurationProfile?> WriteAsync(string profile, string? version = null) =>
        Profiles.WriteAsync(Kind, Encoding.UTF8.GetBytes(profile), version, default);
}
