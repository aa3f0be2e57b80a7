using Amazon.Runtime;
using Amazon.SecurityToken;
using Microsoft.Extensions.Options;
using OffloadedPolling.S3;
using OffloadedPolling.Sts;
using OffloadedPolling.Tests.Urls;

namespace OffloadedPolling.Tests.Credentials;

/// <summary>What is refused before STS is asked: its address here leads nowhere.</summary>
public sealed class StsIssuerTests
{
    private const string RoleArn = "arn:aws:iam::123456789012:role/status-reader";

    private static readonly AWSCredentials _user = new BasicAWSCredentials("AKID", "secret");

    private static readonly AWSCredentials _role = new SessionAWSCredentials("ASIA", "secret", "token");

    [Theory]
    [InlineData("")]
    [InlineData("payroll/2026.xlsx")]
    [InlineData("operations/*")]
    [InlineData("operations/0123456789abcdef0123456789abcde0.yaml")]
    [InlineData("other/0123456789abcdef0123456789abcdef.json")]
    public async Task IssueAsync_WhatIsNoStatusKey_IsNamed(string key)
    {
        var refused = await RefusedAsync<ArgumentException>(new() { Caller = "ada", StatusKeys = [TestIssuers.Key, key] });

        Assert.Contains($"'{key}' is no status key", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task IssueAsync_AStatusUrlForAStatusKey_IsRefusedWithoutItsQuery()
    {
        var refused = await RefusedAsync<ArgumentException>(new() { Caller = "ada", StatusKeys = [$"https://s3.example/bucket/{TestIssuers.Key}?X-Amz-Signature=0a1b"] });

        Assert.Contains($"'https://s3.example/bucket/{TestIssuers.Key}' is no status key", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("0a1b", refused.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task IssueAsync_NobodyOrNothing_IsRefused()
    {
        Assert.Contains("no caller", (await RefusedAsync<ArgumentException>(new() { Caller = "", StatusKeys = [TestIssuers.Key] })).Message, StringComparison.Ordinal);
        Assert.Contains("no status key", (await RefusedAsync<ArgumentException>(new() { Caller = "ada", StatusKeys = [] })).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("00:14:59", "00:15:00 to 12:00:00")]
    [InlineData("12:00:01", "00:15:00 to 12:00:00")]
    public async Task IssueAsync_ADurationOutOfRange_IsNamedWithItsRange(string duration, string range)
    {
        var refused = await RefusedAsync<ArgumentOutOfRangeException>(Request(duration: TimeSpan.Parse(duration, null)));

        Assert.Contains(range, refused.Message, StringComparison.Ordinal);
        Assert.Contains(duration, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task IssueAsync_AFederatedUser_MayStayFor36HoursAndNoLonger()
    {
        var refused = await RefusedAsync<ArgumentOutOfRangeException>(Request(StsAction.GetFederationToken, TimeSpan.FromHours(36) + TimeSpan.FromSeconds(1)));
        Assert.Contains("1.12:00:00", refused.Message, StringComparison.Ordinal);

        await IsAskedAsync(Request(StsAction.GetFederationToken, TimeSpan.FromHours(36)), _user);
    }

    [Fact]
    public async Task IssueAsync_ARoleAssumedByARole_WorksForAnHourAtMost()
    {
        var refused = await RefusedAsync<TemporaryCredentialsException>(Request(duration: TimeSpan.FromHours(1.5)), _role);
        Assert.Contains("01:30:00", refused.Message, StringComparison.Ordinal);
        Assert.Contains("role chaining", refused.Message, StringComparison.Ordinal);
        Assert.False(refused.IsCallersProof);

        await IsAskedAsync(Request(duration: TimeSpan.FromHours(1)), _role);
        await IsAskedAsync(Request(duration: TimeSpan.FromHours(1.5)), _user);
        await IsAskedAsync(Request(StsAction.AssumeRoleWithWebIdentity("a-token"), TimeSpan.FromHours(12)), _role);
    }

    [Fact]
    public async Task IssueAsync_AFederationTokenForARole_IsRefused()
    {
        var refused = await RefusedAsync<TemporaryCredentialsException>(Request(StsAction.GetFederationToken), _role);

        Assert.Contains("keys of an IAM user", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(20_001)]
    public async Task IssueAsync_AWebIdentityTokenThatIsNone_IsTheCallersFault(int length)
    {
        var refused = await RefusedAsync<TemporaryCredentialsException>(Request(StsAction.AssumeRoleWithWebIdentity(new string('x', length))));

        Assert.Contains($"4 to 20000 characters, and this one {length}", refused.Message, StringComparison.Ordinal);
        Assert.True(refused.IsCallersProof);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(100_001)]
    public async Task IssueAsync_ASamlAssertionThatIsNone_IsTheCallersFault(int length)
    {
        var refused = await RefusedAsync<TemporaryCredentialsException>(Request(Saml(length)));

        Assert.Contains($"4 to 100000 characters, and this one {length}", refused.Message, StringComparison.Ordinal);
        Assert.True(refused.IsCallersProof);
    }

    [Theory]
    [InlineData(4, 4)]
    [InlineData(20_000, 100_000)]
    public async Task IssueAsync_TheShortestAndTheLongestProof_AreAskedWith(int token, int assertion)
    {
        await IsAskedAsync(Request(StsAction.AssumeRoleWithWebIdentity(new string('x', token))), _user);
        await IsAskedAsync(Request(Saml(assertion)), _user);
    }

    [Fact]
    public async Task IssueAsync_MoreKeysThanFit_IsRefused()
    {
        var keys = Enumerable.Range(0, 40).Select(number => $"operations/{number:x32}.json").ToList();

        Assert.Contains("of them fit", (await RefusedAsync<ArgumentException>(new() { Caller = "ada", StatusKeys = keys })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ToString_HoldsNoProofAndNoKey()
    {
        var credentials = new TemporaryCredentials("AKID", "5ecre7", "t0ken", default);
        var status = new StatusCredentials
        {
            Id = "1", StatusKey = "k", Bucket = "b", Region = "r", AccessKeyId = "AKID", SecretAccessKey = "5ecre7", SessionToken = "t0ken", ExpiresAt = default,
        };
        string[] printed = [
            credentials.ToString(), status.ToString(), Request(StsAction.AssumeRoleWithWebIdentity("t0ken")).ToString(),
            StsAction.AssumeRoleWithSaml("arn", "t0ken").ToString()];

        Assert.All(printed, text =>
        {
            Assert.DoesNotContain("AKID", text, StringComparison.Ordinal);
            Assert.DoesNotContain("5ecre7", text, StringComparison.Ordinal);
            Assert.DoesNotContain("t0ken", text, StringComparison.Ordinal);
        });
    }

    private static TemporaryCredentialsRequest Request(StsAction? action = null, TimeSpan? duration = null) =>
        new() { Caller = "ada", StatusKeys = [TestIssuers.Key], Duration = duration, Action = action ?? StsAction.AssumeRole };

    private static StsAction Saml(int length) => StsAction.AssumeRoleWithSaml("arn:aws:iam::123456789012:saml-provider/p", new string('x', length));

    private static Task<TException> RefusedAsync<TException>(TemporaryCredentialsRequest request, AWSCredentials? credentials = null)
        where TException : Exception => Assert.ThrowsAsync<TException>(() => IssueAsync(request, credentials ?? _user));

    private static async Task IsAskedAsync(TemporaryCredentialsRequest request, AWSCredentials credentials) =>
        Assert.Contains("STS could not be reached", (await RefusedAsync<TemporaryCredentialsException>(request, credentials)).Message, StringComparison.Ordinal);

    private static async Task IssueAsync(TemporaryCredentialsRequest request, AWSCredentials credentials)
    {
        using var s3 = TestIssuers.Client(_user);
        var options = Options.Create(new S3Options { BucketName = TestIssuers.Bucket });
        using var connection = new S3Connection(options, s3);
        using var client = new AmazonSecurityTokenServiceClient(
            credentials, new AmazonSecurityTokenServiceConfig { ServiceURL = "http://127.0.0.1:1", AuthenticationRegion = "eu-west-1", MaxErrorRetry = 0 });
        using var sts = new StsConnection(client);
        var store = new S3OperationStatusStore(
            connection, new S3WriteProbe(connection, options, new SettingsSection(null), TimeProvider.System),
            Options.Create(new OffloadedPollingOptions()), TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLogger<S3OperationStatusStore>.Instance);
        var issuer = new StsTemporaryCredentialsIssuer(sts, connection, store, Options.Create(new StsOptions { RoleArn = RoleArn }), TimeProvider.System);
        await issuer.IssueAsync(request, default);
    }
}
