using System.Net;
using System.Text;

namespace OffloadedPolling.Tests.Polling;

public sealed class StoreRefusalTests
{
    private static readonly DateTimeOffset _now = new(2026, 11, 23, 10, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(404, "<Error><Code>NoSuchKey</Code><Message>The specified key does not exist.</Message></Error>", StatusRefusal.Missing, "NoSuchKey")]
    [InlineData(403, ScriptedServer.UrlExpired, StatusRefusal.Expired, "AccessDenied")]
    [InlineData(400, "<Error><Code>ExpiredToken</Code><Message>The provided token has expired.</Message></Error>", StatusRefusal.Expired, "ExpiredToken")]
    [InlineData(400, "<Error><Code>InvalidToken</Code></Error>", StatusRefusal.Unclear, "InvalidToken")]
    [InlineData(403, "<Error><Code>RequestTimeTooSkewed</Code></Error>", StatusRefusal.Unclear, "RequestTimeTooSkewed")]
    [InlineData(403, "<Error><Code>SignatureDoesNotMatch</Code></Error>", StatusRefusal.Unclear, "SignatureDoesNotMatch")]
    [InlineData(403, "<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>", StatusRefusal.Unclear, "AccessDenied")]
    [InlineData(403, "<Error><Code>AccessDenied</Code></Error>", StatusRefusal.Unclear, "AccessDenied")]
    [InlineData(403, "<Error><Code>https://x?y</Code></Error>", StatusRefusal.Unclear, null)]
    [InlineData(403, "<Error><Code>Access", StatusRefusal.Unclear, null)]
    [InlineData(403, """{"type":"urn:offloaded-polling:problem:status-url-expired","status":403}""", StatusRefusal.Expired, null)]
    [InlineData(403, """{"type":"about:blank","title":"This is no valid status URL","status":403}""", StatusRefusal.Unclear, null)]
    [InlineData(404, """{"type":"about:blank","title":"There is no such status any more","status":404}""", StatusRefusal.Missing, null)]
    [InlineData(404, "<html>404</html>", StatusRefusal.Unclear, null)]
    [InlineData(404, "", StatusRefusal.Unclear, null)]
    [InlineData(403, "null", StatusRefusal.Unclear, null)]
    public void Read_EachAnswer_TellsItsCase(int status, string body, object refusal, string? code) =>
        Assert.Equal(((StatusRefusal)refusal, code), Read(status, body, null));

    [Theory]
    [InlineData(-1, StatusRefusal.Unclear)]
    [InlineData(0, StatusRefusal.Expired)]
    public void Read_WhereTheStoreDoesNotTell_GoesByItsClockAndThePromise(int seconds, object refusal) =>
        Assert.Equal(refusal, Read(403, "<Error><Code>AccessDenied</Code></Error>", _now.AddSeconds(-seconds)).Refusal);

    private static (StatusRefusal Refusal, string? Code) Read(int status, string body, DateTimeOffset? expiresAt) =>
        StoreRefusal.Read(new HttpAnswer { Code = (HttpStatusCode)status, Body = Encoding.UTF8.GetBytes(body), Date = _now }, expiresAt);
}
