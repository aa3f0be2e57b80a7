using System.Net;
using Microsoft.Extensions.DependencyInjection;
using OffloadedPolling.IntegrationTests.Servers;

namespace OffloadedPolling.IntegrationTests.S3;

/// <summary>Tests callers that reach the S3 server at a different address than the host.</summary>
public sealed class PublicEndpointTests
{
    [Fact]
    public async Task AcceptAsync_PublicEndpoint_ReturnsPollableUrl()
    {
        await using var publicly = await RecordingProxy.StartAsync(TestServers.S3);
        await using var host = await TestHost.CreateAsync(build: builder => builder.Services.Configure<S3Options>(
            s3 => s3.PublicEndpoint = publicly.Address.GetLeftPart(UriPartial.Authority)));
        using var http = new HttpClient();

        var accepted = await host.Operations.AcceptAsync(new Parcel("Ada"));
        using var polled = await http.GetAsync(new Uri(accepted.StatusUrl));

        accepted.StatusUrl.Should().StartWith(publicly.Address.ToString());
        polled.StatusCode.Should().Be(HttpStatusCode.OK);
        publicly.Requests.Should().ContainSingle("the host itself does not use the public address");
    }

    [Fact]
    public async Task CheckAsync_PublicEndpointHangs_ReportsTheTimeLimit()
    {
        await using var publicly = await RecordingProxy.StartAsync(TestServers.S3);
        publicly.Intercept = async context =>
        {
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
            return true;
        };
        await using var host = await TestHost.CreateAsync(build: builder => builder.Services.Configure<S3Options>(
            s3 => s3.PublicEndpoint = publicly.Address.GetLeftPart(UriPartial.Authority)));

        var problem = await host.Services.GetRequiredService<IPresignedUrlIssuer>().CheckAsync(default);

        problem.Should().Contain("could not poll").And.Contain("(no response within 2 seconds)");
    }
}
