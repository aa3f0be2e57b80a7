using Amazon.Runtime;
using Amazon.SecurityToken;
using Microsoft.Extensions.Options;
using OffloadedPolling.S3;
using OffloadedPolling.Sts;
using OffloadedPolling.Tests.S3;

namespace OffloadedPolling.Tests.Sts;

/// <summary>Tests what is rejected before STS is called. The STS address here is not reachable.</summary>
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
    public async Task IssueAsync_InvalidStatusKey_ThrowsAndNamesIt(string key)
    {
        var refused = await RefusedAsync<ArgumentException>(new() { Caller = "ada", StatusKeys = [TestIssuers.Key, key] });

        refused.Message.Should().Contain($"'{key}' is not a status key");
    }

    [Fact]
    public async Task IssueAsync_StatusUrlAsKey_ThrowsWithoutItsQuery()
    {
        var refused = await RefusedAsync<ArgumentException>(
            new() { Caller = "ada", StatusKeys = [$"https://s3.example/bucket/{TestIssuers.Key}?X-Amz-Signature=0a1b"] });

        refused.Message.Should().Contain($"'https://s3.example/bucket/{TestIssuers.Key}' is not a status key");
        refused.ToString().Should().NotContain("0a1b");
    }

    [Fact]
    public async Task IssueAsync_NoCallerOrNoKey_Throws()
    {
        (await RefusedAsync<ArgumentException>(new() { Caller = "", StatusKeys = [TestIssuers.Key] })).Message
            .Should().Contain("no caller");
        (await RefusedAsync<ArgumentException>(new() { Caller = "ada", StatusKeys = [TestIssuers.Key], Action = null! })).Message
            .Should().StartWith("The request has no Action.");
        (await RefusedAsync<ArgumentException>(new() { Caller = "ada", StatusKeys = [] })).Message.Should().Contain("no status key");
    }

    [Theory]
    [InlineData("00:14:59", "00:15:00 to 12:00:00")]
    [InlineData("12:00:01", "00:15:00 to 12:00:00")]
    public async Task IssueAsync_DurationOutOfRange_ThrowsWithRange(string duration, string range)
    {
        var refused = await RefusedAsync<ArgumentOutOfRangeException>(Request(duration: TimeSpan.Parse(duration, null)));

        refused.ParamName.Should().Be("request");
        refused.Message.Should().Contain(range);
        refused.Message.Should().Contain(duration);
    }

    [Fact]
    public async Task IssueAsync_FederationToken_AllowsAtMost36Hours()
    {
        var refused = await RefusedAsync<ArgumentOutOfRangeException>(
            Request(StsAction.GetFederationToken, TimeSpan.FromHours(36) + TimeSpan.FromSeconds(1)));
        refused.Message.Should().Contain("1.12:00:00");

        await AssertSentToStsAsync(Request(StsAction.GetFederationToken, TimeSpan.FromHours(36)), _user);
    }

    [Fact]
    public async Task IssueAsync_RoleChaining_AllowsAtMostOneHour()
    {
        var refused = await RefusedAsync<TemporaryCredentialsException>(Request(duration: TimeSpan.FromHours(1.5)), _role);
        refused.Message.Should().Contain("01:30:00");
        refused.Message.Should().Contain("role chaining");
        refused.IsCallersProof.Should().BeFalse();

        await AssertSentToStsAsync(Request(duration: TimeSpan.FromHours(1)), _role);
        await AssertSentToStsAsync(Request(duration: TimeSpan.FromHours(1.5)), _user);
        await AssertSentToStsAsync(Request(StsAction.AssumeRoleWithWebIdentity("a-token"), TimeSpan.FromHours(12)), _role);
    }

    [Fact]
    public async Task IssueAsync_FederationTokenWithRoleCredentials_Throws()
    {
        var refused = await RefusedAsync<TemporaryCredentialsException>(Request(StsAction.GetFederationToken), _role);

        refused.Message.Should().Contain("keys of an IAM user");
    }

    [Theory]
    [InlineData(3)]
    [InlineData(20_001)]
    public async Task IssueAsync_WebIdentityTokenLengthInvalid_RejectsProof(int length)
    {
        var refused = await RefusedAsync<TemporaryCredentialsException>(
            Request(StsAction.AssumeRoleWithWebIdentity(new string('x', length))));

        refused.Message.Should().Contain($"4 to 20000 characters; this one has {length}");
        refused.IsCallersProof.Should().BeTrue();
    }

    [Theory]
    [InlineData(3)]
    [InlineData(100_001)]
    public async Task IssueAsync_SamlAssertionLengthInvalid_RejectsProof(int length)
    {
        var refused = await RefusedAsync<TemporaryCredentialsException>(Request(Saml(length)));

        refused.Message.Should().Contain($"4 to 100000 characters; this one has {length}");
        refused.IsCallersProof.Should().BeTrue();
    }

    [Theory]
    [InlineData(4, 4)]
    [InlineData(20_000, 100_000)]
    public async Task IssueAsync_ShortestAndLongestProof_AreSentToSts(int token, int assertion)
    {
        await AssertSentToStsAsync(Request(StsAction.AssumeRoleWithWebIdentity(new string('x', token))), _user);
        await AssertSentToStsAsync(Request(Saml(assertion)), _user);
    }

    [Fact]
    public async Task IssueAsync_TooManyKeys_Throws()
    {
        var keys = Enumerable.Range(0, 40).Select(number => $"operations/{number:x32}.json").ToList();

        (await RefusedAsync<ArgumentException>(new() { Caller = "ada", StatusKeys = keys })).Message.Should().Contain("of them fit");
    }

    [Fact]
    public void ToString_ContainsNoProofAndNoKey()
    {
        var credentials = new TemporaryCredentials("AKID", "5ecre7", "t0ken", default);
        var status = new StatusCredentials
        {
            Id = "1", StatusKey = "k", Bucket = "b", Region = "r", AccessKeyId = "AKID", SecretAccessKey = "5ecre7", SessionToken = "t0ken",
            ExpiresAt = default,
        };
        string[] printed = [
            credentials.ToString(), status.ToString(), Request(StsAction.AssumeRoleWithWebIdentity("t0ken")).ToString(),
            StsAction.AssumeRoleWithSaml("arn", "t0ken").ToString()];

        printed.Should().AllSatisfy(text =>
        {
            text.Should().NotContain("AKID");
            text.Should().NotContain("5ecre7");
            text.Should().NotContain("t0ken");
        });
    }

    private static TemporaryCredentialsRequest Request(StsAction? action = null, TimeSpan? duration = null) =>
        new() { Caller = "ada", StatusKeys = [TestIssuers.Key], Duration = duration, Action = action ?? StsAction.AssumeRole };

    private static StsAction Saml(int length) =>
        StsAction.AssumeRoleWithSaml("arn:aws:iam::123456789012:saml-provider/p", new string('x', length));

    private static async Task<TException> RefusedAsync<TException>(TemporaryCredentialsRequest request, AWSCredentials? credentials = null)
        where TException : Exception =>
        (await FluentActions.Awaiting(() => IssueAsync(request, credentials ?? _user)).Should().ThrowExactlyAsync<TException>()).Which;

    private static async Task AssertSentToStsAsync(TemporaryCredentialsRequest request, AWSCredentials credentials) =>
        (await RefusedAsync<TemporaryCredentialsException>(request, credentials)).Message.Should().Contain("STS could not be reached");

    private static async Task IssueAsync(TemporaryCredentialsRequest request, AWSCredentials credentials)
    {
        using var s3 = TestIssuers.Client(_user);
        var options = Options.Create(new S3Options { BucketName = TestIssuers.Bucket });
        using var connection = new S3Connection(options, s3);
        using var client = new AmazonSecurityTokenServiceClient(
            credentials, new AmazonSecurityTokenServiceConfig
            {
                ServiceURL = "http://127.0.0.1:1",
                AuthenticationRegion = "eu-west-1",
                MaxErrorRetry = 0,
            });
        using var sts = new StsConnection(client);
        var store = new S3OperationStatusStore(
            connection, new S3WriteProbe(connection, options, new SettingsSection(null), TimeProvider.System),
            Options.Create(new OffloadedPollingOptions()), TimeProvider.System,
            Microsoft.Extensions.Logging.Abstractions.NullLogger<S3OperationStatusStore>.Instance);
        var issuer = new StsTemporaryCredentialsIssuer(
            sts, connection, store, Options.Create(new StsOptions { RoleArn = RoleArn }), TimeProvider.System);
        await issuer.IssueAsync(request, default);
    }
}
