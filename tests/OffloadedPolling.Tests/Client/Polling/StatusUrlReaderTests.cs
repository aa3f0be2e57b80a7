using System.Net;
using System.Text;
using static OffloadedPolling.Client.OperationUnavailableReason;

namespace OffloadedPolling.Tests.Client.Polling;

public sealed class StatusUrlReaderTests
{
    private static readonly DateTimeOffset _now = new(2026, 11, 23, 10, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(404, "<Error><Code>NoSuchKey</Code><Message>The specified key does not exist.</Message></Error>", Missing, "NoSuchKey")]
    [InlineData(403, ScriptedServer.UrlExpired, Expired, "AccessDenied")]
    [InlineData(400, "<Error><Code>ExpiredToken</Code><Message>The provided token has expired.</Message></Error>", Expired, "ExpiredToken")]
    [InlineData(400, "<Error><Code>InvalidToken</Code></Error>", Forbidden, "InvalidToken")]
    [InlineData(403, "<Error><Code>RequestTimeTooSkewed</Code></Error>", Forbidden, "RequestTimeTooSkewed")]
    [InlineData(403, "<Error><Code>SignatureDoesNotMatch</Code></Error>", Forbidden, "SignatureDoesNotMatch")]
    [InlineData(403, "<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>", Forbidden, "AccessDenied")]
    [InlineData(403, "<Error><Code>AccessDenied</Code></Error>", Forbidden, "AccessDenied")]
    [InlineData(403, "<Error><Code>https://x?y</Code></Error>", Forbidden, null)]
    [InlineData(403, "<Error><Code>Access", Forbidden, null)]
    [InlineData(403, """{"type":"urn:offloaded-polling:problem:status-url-expired","status":403}""", Expired, null)]
    [InlineData(403, """{"type":"about:blank","title":"The status URL is not valid","status":403}""", Forbidden, null)]
    [InlineData(404, """{"type":"about:blank","title":"The status no longer exists","status":404}""", Missing, null)]
    [InlineData(404, "<html>404</html>", Forbidden, null)]
    [InlineData(404, "", Forbidden, null)]
    [InlineData(403, "null", Forbidden, null)]
    public void ReadRefusal_ReturnsReasonAndCode(int status, string body, OperationUnavailableReason refusal, string? code) =>
        Read(status, body, null).Should().Be(((OperationUnavailableReason?)refusal, code));

    [Theory]
    [InlineData(-1, Forbidden)]
    [InlineData(0, Expired)]
    public void ReadRefusal_NoReasonGiven_ComparesDateWithExpiration(int seconds, OperationUnavailableReason refusal) =>
        Read(403, "<Error><Code>AccessDenied</Code></Error>", _now.AddSeconds(-seconds)).Refusal.Should().Be(refusal);

    private static (OperationUnavailableReason? Refusal, string? Code) Read(int status, string body, DateTimeOffset? expiresAt)
    {
        var answer = new HttpAnswer { Code = (HttpStatusCode)status, Body = Encoding.UTF8.GetBytes(body), Date = _now };
        var reading = StatusUrlReader.ReadRefusal(answer, expiresAt);
        return (reading.Refusal, reading.RefusalCode);
    }
}
