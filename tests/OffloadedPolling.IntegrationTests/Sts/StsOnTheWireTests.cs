using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using OffloadedPolling.IntegrationTests.Servers;
using OffloadedPolling.Sts;

namespace OffloadedPolling.IntegrationTests.Sts;

/// <summary>
/// Tests the requests to STS and the handling of AWS's documented responses. No local STS server supports SAML or federated users.
/// </summary>
public sealed class StsOnTheWireTests : IAsyncLifetime
{
    // https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithSAML.html, without the page's line breaks.
    private const string SamlAnswer = """
        <AssumeRoleWithSAMLResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
          <AssumeRoleWithSAMLResult>
            <Issuer> https://integ.example.com/idp/shibboleth</Issuer>
            <AssumedRoleUser>
              <Arn>arn:aws:sts::123456789012:assumed-role/TestSaml</Arn>
              <AssumedRoleId>ARO456EXAMPLE789:TestSaml</AssumedRoleId>
            </AssumedRoleUser>
            <Credentials>
              <AccessKeyId>ASIAV3ZUEFP6EXAMPLE</AccessKeyId>
              <SecretAccessKey>8P+SQvWIuLnKhh8d++jpw0nNmQRBZvNEXAMPLEKEY</SecretAccessKey>
              <SessionToken>IQoJb3JpZ2luX2VjEOz////////////////////wEXAMPLEtMSJHMEUCIDoKK3JH9uG==</SessionToken>
              <Expiration>2019-11-01T20:26:47Z</Expiration>
            </Credentials>
            <Audience>https://signin.aws.amazon.com/saml</Audience>
            <SubjectType>transient</SubjectType>
            <PackedPolicySize>6</PackedPolicySize>
            <NameQualifier>SbdGOnUkh1i4+EXAMPLExL/jEvs=</NameQualifier>
            <SourceIdentity>SourceIdentityValue</SourceIdentity>
            <Subject>SamlExample</Subject>
          </AssumeRoleWithSAMLResult>
          <ResponseMetadata><RequestId>c6104cbe-af31-11e0-8154-cbc7ccf896c7</RequestId></ResponseMetadata>
        </AssumeRoleWithSAMLResponse>
        """;

    // https://docs.aws.amazon.com/STS/latest/APIReference/API_GetFederationToken.html, as above.
    private const string FederationAnswer = """
        <GetFederationTokenResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
          <GetFederationTokenResult>
            <Credentials>
              <SessionToken>AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQW==</SessionToken>
              <SecretAccessKey>wJalrXUtnFEMI/K7MDENG/bPxRfiCYzEXAMPLEKEY</SecretAccessKey>
              <Expiration>2011-07-15T23:28:33.359Z</Expiration>
              <AccessKeyId>ASIAIOSFODNN7EXAMPLE</AccessKeyId>
            </Credentials>
            <FederatedUser>
              <Arn>arn:aws:sts::123456789012:federated-user/Bob</Arn>
              <FederatedUserId>123456789012:Bob</FederatedUserId>
            </FederatedUser>
            <PackedPolicySize>6</PackedPolicySize>
          </GetFederationTokenResult>
          <ResponseMetadata><RequestId>c6104cbe-af31-11e0-8154-cbc7ccf896c7</RequestId></ResponseMetadata>
        </GetFederationTokenResponse>
        """;

    private const string RoleArn = "arn:aws:iam::123456789012:role/TestSaml";

    private const string PrincipalArn = "arn:aws:iam::123456789012:saml-provider/SAML-test";

    private readonly List<(Dictionary<string, StringValues> Form, string Authorization)> _requests = [];

    private RecordingProxy _sts = null!;

    private StsHost _host = null!;

    private string _answer = "";

    private int _status = StatusCodes.Status200OK;

    public async ValueTask InitializeAsync()
    {
        _sts = await RecordingProxy.StartAsync(TestServers.S3);
        _sts.Intercept = async context =>
        {
            _requests.Add((new(await context.Request.ReadFormAsync()), context.Request.Headers.Authorization.ToString()));
            context.Response.StatusCode = _status;
            context.Response.ContentType = "text/xml";
            await context.Response.WriteAsync(_answer);
            return true;
        };
        _host = await StsHost.StartAsync(RoleArn, _sts.Address);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _sts.DisposeAsync();
    }

    [Fact]
    public async Task Saml_RequestAndResponse_MatchDocumentation()
    {
        _answer = SamlAnswer;
        var assertion = "VERYLONGENCODEDASSERTIONEXAMPLE+/" + new string('x', 90_000) + "==";

        var issued = await _host.Issuer.IssueAsync(_host.Request(StsAction.AssumeRoleWithSaml(PrincipalArn, assertion)));

        var (form, authorization) = _requests.Should().ContainSingle().Which;
        form.Should().Equal(new Dictionary<string, StringValues>
        {
            ["Version"] = "2011-06-15",
            ["Action"] = "AssumeRoleWithSAML",
            ["RoleArn"] = RoleArn,
            ["PrincipalArn"] = PrincipalArn,
            ["SAMLAssertion"] = assertion,
            ["Policy"] = Policy,
            ["DurationSeconds"] = "900",
        });
        authorization.Should().Be("");
        (issued.AccessKeyId, issued.SecretAccessKey).Should().Be(("ASIAV3ZUEFP6EXAMPLE", "8P+SQvWIuLnKhh8d++jpw0nNmQRBZvNEXAMPLEKEY"));
        issued.SessionToken.Should().Be("IQoJb3JpZ2luX2VjEOz////////////////////wEXAMPLEtMSJHMEUCIDoKK3JH9uG==");
        issued.ExpiresAt.Should().Be(new DateTimeOffset(2019, 11, 1, 20, 26, 47, TimeSpan.Zero));
    }

    [Fact]
    public async Task FederationToken_RequestAndResponse_MatchDocumentation()
    {
        _answer = FederationAnswer;

        var issued = await _host.Issuer.IssueAsync(new()
        {
            Caller = "Bob",
            StatusKeys = [_host.StatusKey],
            Duration = TimeSpan.FromHours(36),
            Action = StsAction.GetFederationToken,
        });

        var (form, authorization) = _requests.Should().ContainSingle().Which;
        form.Should().Equal(new Dictionary<string, StringValues>
        {
            ["Version"] = "2011-06-15",
            ["Action"] = "GetFederationToken",
            ["Name"] = "Bob",
            ["Policy"] = Policy,
            ["DurationSeconds"] = "129600",
        });
        authorization.Should().Contain($"Credential={TestServers.AccessKey}/");
        (issued.AccessKeyId, issued.SecretAccessKey).Should().Be(("ASIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYzEXAMPLEKEY"));
        issued.ExpiresAt.Should().Be(new DateTimeOffset(2011, 7, 15, 23, 28, 33, 359, TimeSpan.Zero));
    }

    [Fact]
    public async Task FederationToken_LongName_IsShortenedAndUnique()
    {
        _answer = FederationAnswer;

        foreach (var caller in new[] { new string('a', 40), new string('a', 41) })
        {
            await _host.Issuer.IssueAsync(
                new() { Caller = caller, StatusKeys = [_host.StatusKey], Action = StsAction.GetFederationToken });
        }

        _requests.Select(request => request.Form["Name"].ToString()).Distinct().Should().HaveCount(2);
        _requests.Should().AllSatisfy(request => request.Form["Name"].ToString().Length.Should().BeInRange(2, 32));
    }

    [Theory]
    [InlineData("ExpiredTokenException", true)]
    [InlineData("InvalidIdentityToken", true)]
    [InlineData("IDPRejectedClaim", true)]
    [InlineData("AccessDenied", true)]
    [InlineData("MalformedPolicyDocument", false)]
    [InlineData("RegionDisabledException", false)]
    public async Task Saml_Rejected_ReportsWhetherCallerIsAtFault(string code, bool isCallersProof)
    {
        (_status, _answer) = (400, Error(code));

        var refused = (await FluentActions.Awaiting(async () => await _host.Issuer.IssueAsync(_host.Request(StsAction.AssumeRoleWithSaml(
            PrincipalArn, "an-assertion")))).Should().ThrowExactlyAsync<TemporaryCredentialsException>()).Which;

        refused.IsCallersProof.Should().Be(isCallersProof);
        refused.Message.Should().Contain(code);
        refused.ToString().Should().NotContain("an-assertion");
    }

    [Theory]
    [InlineData("ExpiredToken", "host's credentials")]
    [InlineData("AccessDenied", "trust policy of 'arn:aws:iam::123456789012:role/TestSaml'")]
    [InlineData("ValidationError", "MaxSessionDuration")]
    [InlineData("PackedPolicyTooLarge", "fewer status keys")]
    public async Task AssumeRole_Rejected_NamesFixAndIsNotCallersFault(string code, string whatToDo)
    {
        (_status, _answer) = (400, Error(code));

        var refused = (await FluentActions.Awaiting(async () => await _host.Issuer.IssueAsync(_host.Request()))
            .Should().ThrowExactlyAsync<TemporaryCredentialsException>()).Which;

        refused.IsCallersProof.Should().BeFalse();
        refused.Message.Should().Contain(whatToDo);
    }

    [Fact]
    public async Task IssueAsync_SameCallerTokenAndKeys_CallsStsOnce()
    {
        _answer = SamlAnswer;
        var ada = _host.Request(StsAction.AssumeRoleWithSaml(PrincipalArn, "assertion"));

        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => _host.Issuer.IssueAsync(ada).AsTask()));
        _requests.Should().ContainSingle();

        await _host.Issuer.IssueAsync(new() { Caller = "bob", StatusKeys = ada.StatusKeys, Action = ada.Action });
        await _host.Issuer.IssueAsync(new() { Caller = ada.Caller, StatusKeys = [_host.OthersKey], Action = ada.Action });
        await _host.Issuer.IssueAsync(
            new() { Caller = ada.Caller, StatusKeys = ada.StatusKeys, Action = StsAction.AssumeRoleWithSaml(PrincipalArn, "another") });
        await _host.Issuer.IssueAsync(
            new() { Caller = ada.Caller, StatusKeys = ada.StatusKeys, Action = ada.Action, Duration = TimeSpan.FromHours(1) });
        _requests.Should().HaveCount(5);

        await _host.Issuer.IssueAsync(
            new() { Caller = ada.Caller, StatusKeys = [_host.OthersKey, _host.StatusKey], Action = ada.Action });
        await _host.Issuer.IssueAsync(
            new() { Caller = ada.Caller, StatusKeys = [_host.StatusKey, _host.OthersKey], Action = ada.Action });
        _requests.Should().HaveCount(6);
    }

    private string Policy =>
        $$"""
        {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject",
        "Resource":["arn:aws:s3:::{{_host.Host.Bucket}}/{{_host.StatusKey}}"]}]}
        """.ReplaceLineEndings("");

    private static string Error(string code) => $"""
        <ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
          <Error><Type>Sender</Type><Code>{code}</Code><Message>As told of an-assertion.</Message></Error>
          <RequestId>c6104cbe-af31-11e0-8154-cbc7ccf896c7</RequestId>
        </ErrorResponse>
        """;
}
