using System.Globalization;
using Microsoft.AspNetCore.Http;
using OffloadedPolling.IntegrationTests.Servers;

namespace OffloadedPolling.IntegrationTests.Urls;

public sealed class ClockSkewTests
{
    private const string Id = "00000000000000000000000000000abc";

    [Fact]
    public async Task IssueAsync_AfterTheServerSaidThatTheClockIsWrong_SignsByTheServersClock()
    {
        // A server an hour ahead, as this machine's clock an hour behind would see it.
        var anHour = TimeSpan.FromHours(1);
        await using var s3 = await RecordingProxy.StartAsync(TestServers.S3);
        s3.Intercept = async context =>
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            context.Response.ContentType = "application/xml";
            context.Response.Headers.Date = (DateTimeOffset.UtcNow + anHour).ToString("r", CultureInfo.InvariantCulture);
            await context.Response.WriteAsync("<Error><Code>RequestTimeTooSkewed</Code><Message>As told.</Message></Error>");
            return true;
        };
        await using var host = await TestHost.CreateAsync(s3: s3.Address);
        await Assert.ThrowsAsync<OperationStoreException>(() => host.Store.GetAsync(Id, default));

        var url = await host.Issuer.IssueAsync(host.Store.GetStatusKey(Id), TimeSpan.FromMinutes(5), default);

        var query = System.Web.HttpUtility.ParseQueryString(new Uri(url.Value).Query);
        var signedAt = DateTimeOffset.ParseExact(query["X-Amz-Date"]!, "yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
        Assert.InRange(signedAt - DateTimeOffset.UtcNow, anHour - TimeSpan.FromMinutes(1), anHour + TimeSpan.FromMinutes(1));
        Assert.Equal(signedAt.AddSeconds(300), url.ExpiresAt);
    }
}
