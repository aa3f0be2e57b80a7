using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using OffloadedPolling.IntegrationTests.Servers;
using OffloadedPolling.S3;

namespace OffloadedPolling.IntegrationTests.S3;

/// <summary>Tests how the store handles S3's error responses.</summary>
public sealed class S3StoreUnderFaultsTests : S3FaultTestBase
{
    private const string Id = "0123456789abcdef0123456789abcdef";

    private int _faults;

    [Fact]
    public async Task CreateAsync_StoredDespite500_ReturnsOwnVersion()
    {
        FailAfterTheFirstWrite();

        var created = await Host.Store.CreateAsync(TestDocuments.Waiting(), OperationMetadata.Empty, default);

        S3.Requests.Where(request => request.Method == "PUT").Select(request => request.StatusCode).Should().Equal(500, 412);
        (await Host.Store.GetAsync(Id, default)).Should().Be(created);
    }

    [Fact]
    public async Task UpdateAsync_StoredDespite500_ReturnsOwnVersion()
    {
        var created = await Host.Store.CreateAsync(TestDocuments.Waiting(), OperationMetadata.Empty, default);
        FailAfterTheFirstWrite();

        var updated = await Host.Store.UpdateAsync(created.Status with { Message = "mine" }, created.Metadata, created.Version, default);

        S3.Requests.Where(request => request.Method == "PUT").Select(request => request.StatusCode).Should().Equal(200, 500, 412);
        (await Host.Store.GetAsync(Id, default)).Should().Be(updated);
    }

    [Fact]
    public async Task CreateAsync_409_Retries()
    {
        AnswerFirst("PUT", 409, "ConditionalRequestConflict");

        await Host.Store.CreateAsync(TestDocuments.Waiting(), OperationMetadata.Empty, default);

        S3.Requests.Where(request => request.Method == "PUT").Select(request => request.StatusCode).Should().Equal(409, 200);
    }

    [Fact]
    public async Task UpdateAsync_409AndOtherWriterWon_ThrowsConflict()
    {
        var created = await Host.Store.CreateAsync(TestDocuments.Waiting(), OperationMetadata.Empty, default);
        await using var other = await TestHost.CreateAsync(bucket: Host.Bucket);
        await other.Store.UpdateAsync(created.Status with { Message = "theirs" }, created.Metadata, created.Version, default);
        AnswerFirst("PUT", 409, "ConditionalRequestConflict");

        await FluentActions.Awaiting(() =>
            Host.Store.UpdateAsync(created.Status with { Message = "mine" }, created.Metadata, created.Version, default))
            .Should().ThrowExactlyAsync<OperationStatusConflictException>();

        (await Host.Store.GetAsync(Id, default))!.Status.Message.Should().Be("theirs");
    }

    [Fact]
    public async Task GetAsync_403ForMissingKey_ReturnsNullAndWarnsOnce()
    {
        S3.Intercept = context => AwsAnswers.XmlErrorAsync(context, "AccessDenied", 403);

        (await Host.Store.GetAsync(Id, default)).Should().BeNull();
        (await Host.Store.GetAsync(Id, default)).Should().BeNull();

        var warning = Host.Log.Entries.Should().ContainSingle(entry => entry.Id == 201).Which;
        warning.Text.Should().Contain("s3:ListBucket");
    }

    [Fact]
    public async Task GetAsync_403AndListingAllowed_ThrowsAndListsOnce()
    {
        S3.Intercept = async context =>
            IsOfAnObject(context) && await AwsAnswers.XmlErrorAsync(context, "AccessDenied", 403);

        for (var reads = 0; reads < 3; reads++)
        {
            var denied = await Host.Store.Awaiting(store => store.GetAsync(Id, default)).Should().ThrowAsync<OperationStoreException>();
            denied.WithMessage($"*operations/{Id}.json*access is denied*s3:GetObject*");
            denied.Which.IsRefusal.Should().BeTrue();
        }

        S3.Requests.Should().ContainSingle(request => request.StatusCode == 200).Which.Method.Should().Be("GET");
        Host.Log.Entries.Should().NotContain(entry => entry.Id == 201);
    }

    [Fact]
    public async Task CheckAsync_ReadsAreDenied_Throws()
    {
        S3.Intercept = async context =>
            context.Request.Method == "GET" && context.Request.Path.Value!.EndsWith("-probe", StringComparison.Ordinal)
                && await AwsAnswers.XmlErrorAsync(context, "AccessDenied", 403);

        await Host.Store.Awaiting(store => store.CheckAsync(default))
            .Should().ThrowAsync<OperationStoreException>().WithMessage("*s3:GetObject*");
    }

    [Fact]
    public async Task GetAsync_403AndListingFails_Throws()
    {
        S3.Intercept = async context => IsOfAnObject(context)
            ? await AwsAnswers.XmlErrorAsync(context, "AccessDenied", 403)
            : await AwsAnswers.XmlErrorAsync(context, "SlowDown", 503);

        await Host.Store.Awaiting(store => store.GetAsync(Id, default)).Should().ThrowAsync<OperationStoreException>();
    }

    [Theory]
    [InlineData(403, "ExpiredToken", "credentials were rejected")]
    [InlineData(403, "RequestTimeTooSkewed", "Set the machine's clock")]
    [InlineData(404, "NoSuchBucket", "the bucket does not exist")]
    public async Task GetAsync_OtherErrors_ThrowWithReason(int status, string code, string expected)
    {
        S3.Intercept = context => AwsAnswers.XmlErrorAsync(context, code, status);

        var thrown = (await FluentActions.Awaiting(() => Host.Store.GetAsync(Id, default))
            .Should().ThrowExactlyAsync<OperationStoreException>()).Which;

        thrown.Message.Should().Contain(expected);
        thrown.Message.Should().Contain(Host.Bucket);
    }

    [Fact]
    public async Task CreateAsync_403_NamesBucketAndPermissions()
    {
        S3.Intercept = context => AwsAnswers.XmlErrorAsync(context, "AccessDenied", 403);

        var thrown = (await FluentActions.Awaiting(() => Host.Store.CreateAsync(TestDocuments.Waiting(), OperationMetadata.Empty, default))
            .Should().ThrowExactlyAsync<OperationStoreException>()).Which;

        thrown.Message.Should().Contain(Host.Bucket);
        thrown.Message.Should().Contain("s3:PutObject");
    }

    [Fact]
    public async Task CreateAsync_Request_IsConditionalAndNotChunked()
    {
        await Host.Store.CreateAsync(TestDocuments.Waiting(), OperationMetadata.Empty, default);

        var put = S3.Requests.Should().ContainSingle().Which;
        (put.Headers.GetValueOrDefault("Content-Encoding") ?? "").Should().NotContain("aws-chunked");
        put.Headers["X-Amz-Content-SHA256"].Should().NotContain("STREAMING");
        put.Headers["If-None-Match"].Should().Be("*");
    }

    [Fact]
    public void Client_CreatedByLibrary_HasTimeout()
    {
        Environment.SetEnvironmentVariable("AWS_REGION", TestServers.Region);
        using var connection = new S3Connection(Options.Create(new S3Options { BucketName = "any" }));

        connection.Client.Config.Timeout.Should().Be(TimeSpan.FromSeconds(10));
    }

    private static bool IsOfAnObject(HttpContext context) => context.Request.Path.Value!.Contains(Id, StringComparison.Ordinal);

    private void FailAfterTheFirstWrite() => S3.AfterUpstream = context =>
    {
        if (context.Request.Method == "PUT" && Interlocked.Increment(ref _faults) == 1)
        {
            context.Response.StatusCode = 500;
        }
    };

    private void AnswerFirst(string method, int status, string code) => S3.Intercept = async context =>
        context.Request.Method == method
        && Interlocked.Increment(ref _faults) == 1 && await AwsAnswers.XmlErrorAsync(context, code, status);
}
