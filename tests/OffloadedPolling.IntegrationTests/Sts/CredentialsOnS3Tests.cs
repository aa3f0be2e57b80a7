using System.Net;
using OffloadedPolling.IntegrationTests.Servers;
using OffloadedPolling.Sts;
using OffloadedPolling.Tests.S3;

namespace OffloadedPolling.IntegrationTests.Sts;

/// <summary>Tests the credentials of a real STS server on a real S3 server.</summary>
public sealed class CredentialsOnS3Tests
{
    // The gateway counts whole seconds.
    private static readonly TimeSpan _short = TimeSpan.FromSeconds(8);

    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task IssueAsync_Credentials_OnlyReadTheirDocument(bool byWebIdentity)
    {
        await using var provider = byWebIdentity ? await WebIdentityProvider.StartAsync() : null;
        await using var sts = await StsHost.StartAsync(provider?.RoleArn ?? TestServers.RoleArn);

        var issued = await sts.Issuer.IssueAsync(sts.Request(ActionFor(provider)));

        (issued.ExpiresAt - DateTimeOffset.UtcNow).Should().BeGreaterThanOrEqualTo(TimeSpan.FromMinutes(14))
            .And.BeLessThanOrEqualTo(TimeSpan.FromMinutes(15.1));
        using var s3 = StsHost.S3With(issued);
        (await sts.ReadAsync(s3, sts.StatusKey)).Should().Be("OK");
        (await sts.TryOtherRequestsAsync(s3))
            .Should().AllSatisfy(tried => (tried.Key, tried.Value).Should().Be((tried.Key, "AccessDenied")));
        (await sts.ReadAsync(s3, sts.StatusKey)).Should().Be("OK");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Credentials_AfterExpiration_CannotRead(bool byWebIdentity)
    {
        await using var provider = byWebIdentity ? await WebIdentityProvider.StartAsync() : null;
        await using var sts = await StsHost.StartAsync();
        var issued = await sts.IssueShortLivedAsync(ActionFor(provider), provider?.RoleArn ?? TestServers.RoleArn, _short);
        using var s3 = StsHost.S3With(issued);

        var first = await sts.ReadAsync(s3, sts.StatusKey);
        await Eventually.TrueAsync(
            async () => await sts.ReadAsync(s3, sts.StatusKey) != "OK", _patience, () => "the credentials still work");
        var endedAt = DateTimeOffset.UtcNow;

        first.Should().Be("OK");
        (await sts.ReadAsync(s3, sts.StatusKey)).Should().Be("AccessDenied");
        endedAt.Should().BeOnOrAfter(issued.ExpiresAt.AddSeconds(-1)).And.BeOnOrBefore(issued.ExpiresAt + _patience);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Url_SignedBySdk_ExpiresWithCredentials(bool byWebIdentity)
    {
        await using var provider = byWebIdentity ? await WebIdentityProvider.StartAsync() : null;
        await using var sts = await StsHost.StartAsync();
        var issued = await sts.IssueShortLivedAsync(ActionFor(provider), provider?.RoleArn ?? TestServers.RoleArn, _short);
        using var s3 = StsHost.S3With(issued);
        using var http = new HttpClient();
        var url = await s3.GetPreSignedURLAsync(new()
        {
            BucketName = sts.Host.Bucket,
            Key = sts.StatusKey,
            Expires = DateTime.UtcNow.AddHours(1),
            Protocol = Amazon.S3.Protocol.HTTP,
        });

        var first = await StatusOfAsync(http, url);
        await Eventually.TrueAsync(
            async () => await StatusOfAsync(http, url) != HttpStatusCode.OK, _patience, () => "the URL still works");

        first.Should().Be(HttpStatusCode.OK);
        (await StatusOfAsync(http, url)).Should().Be(HttpStatusCode.Forbidden);
        issued.ExpiresAt.AddSeconds(-1).Should().BeOnOrBefore(DateTimeOffset.UtcNow, "the URL must not expire before its credentials");
    }

    [Fact]
    public async Task Url_SignedByLibrary_ReportsCredentialsExpiration()
    {
        await using var sts = await StsHost.StartAsync();
        var issued = await sts.Issuer.IssueAsync(sts.Request());
        using var s3 = TestServers.NewS3Client(credentials: new ExpiringCredentials(issued));
        var issuer = TestIssuers.New(s3, TimeProvider.System, new OffloadedPollingOptions(), bucket: sts.Host.Bucket);
        using var http = new HttpClient();

        var url = await issuer.IssueAsync(sts.StatusKey, TimeSpan.FromDays(1), default);
        var others = await issuer.IssueAsync(sts.OthersKey, TimeSpan.FromDays(1), default);

        (issued.ExpiresAt - url.ExpiresAt).Should().BeGreaterThanOrEqualTo(TimeSpan.FromSeconds(4))
            .And.BeLessThanOrEqualTo(TimeSpan.FromSeconds(7));
        (await StatusOfAsync(http, url.Value)).Should().Be(HttpStatusCode.OK);
        (await StatusOfAsync(http, others.Value)).Should().Be(HttpStatusCode.Forbidden);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task IssueAsync_InvalidToken_IsCallersFault(bool hasExpired)
    {
        await using var provider = await WebIdentityProvider.StartAsync();
        await using var sts = await StsHost.StartAsync(provider.RoleArn);
        var token = hasExpired
            ? provider.TokenFor("workload-1", TimeSpan.FromHours(-1))
            : provider.TokenFor("workload-1", audience: "somebody-else");

        var refused = (await FluentActions.Awaiting(async () => await sts.Issuer.IssueAsync(
            sts.Request(StsAction.AssumeRoleWithWebIdentity(token)))).Should().ThrowExactlyAsync<TemporaryCredentialsException>()).Which;

        refused.IsCallersProof.Should().BeTrue(refused.Message);
        refused.ToString().Should().NotContain(token);
    }

    [Fact]
    public async Task IssueAsync_NoSuchRole_NamesRole()
    {
        await using var sts = await StsHost.StartAsync("arn:aws:iam:::role/nobody");

        var refused = (await FluentActions.Awaiting(async () => await sts.Issuer.IssueAsync(sts.Request()))
            .Should().ThrowExactlyAsync<TemporaryCredentialsException>()).Which;

        refused.IsCallersProof.Should().BeFalse();
        refused.Message.Should().Contain("arn:aws:iam:::role/nobody", refused.ToString());
    }

    [Fact]
    public async Task IssueAsync_SeveralDocuments_CanReadAll()
    {
        await using var sts = await StsHost.StartAsync();

        var issued = await sts.Issuer.IssueAsync(
            new() { Caller = "Ada Lovelace, née Byron", StatusKeys = [sts.StatusKey, sts.OthersKey] });

        using var s3 = StsHost.S3With(issued);
        (await sts.ReadAsync(s3, sts.StatusKey), await sts.ReadAsync(s3, sts.OthersKey)).Should().Be(("OK", "OK"));
    }

    private static StsAction ActionFor(WebIdentityProvider? provider) =>
        provider is null ? StsAction.AssumeRole : StsAction.AssumeRoleWithWebIdentity(provider.TokenFor("workload-1"));

    private static async Task<HttpStatusCode> StatusOfAsync(HttpClient http, string url)
    {
        using var response = await http.GetAsync(url);
        return response.StatusCode;
    }

    /// <summary>Credentials that report when they expire, as those of a role do.</summary>
    private sealed class ExpiringCredentials(TemporaryCredentials issued) : Amazon.Runtime.AWSCredentials
    {
        public override DateTime? Expiration
        {
            get => issued.ExpiresAt.UtcDateTime;
            set => throw new NotSupportedException();
        }

        public override Amazon.Runtime.ImmutableCredentials GetCredentials() =>
            new(issued.AccessKeyId, issued.SecretAccessKey, issued.SessionToken);
    }
}
