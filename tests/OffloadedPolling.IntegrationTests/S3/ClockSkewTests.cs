using System.Globalization;
using Microsoft.AspNetCore.Http;
using OffloadedPolling.IntegrationTests.Servers;

namespace OffloadedPolling.IntegrationTests.S3;

public sealed class ClockSkewTests
{
    private const string Id = "00000000000000000000000000000abc";

    [Fact]
    public async Task IssueAsync_ClockIsSkewed_SignsWithServerTime()
    {
        // The server is an hour ahead, as seen from a machine whose clock is an hour behind.
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
        await FluentActions.Awaiting(() => host.Store.GetAsync(Id, default)).Should().ThrowExactlyAsync<OperationStoreException>();

        var url = await host.Issuer.IssueAsync(host.Store.GetStatusKey(Id), TimeSpan.FromMinutes(5), default);

        var query = System.Web.HttpUtility.ParseQueryString(new Uri(url.Value).Query);
        var signedAt = DateTimeOffset.ParseExact(
            query["X-Amz-Date"]!, "yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
        (signedAt - DateTimeOffset.UtcNow).Should().BeCloseTo(anHour, TimeSpan.FromMinutes(1));
        url.ExpiresAt.Should().Be(signedAt.AddSeconds(300));
    }
}
