using System.Net;
using System.Web;
using Amazon.S3;
using Microsoft.Extensions.DependencyInjection;
using OffloadedPolling.IntegrationTests.Servers;

namespace OffloadedPolling.IntegrationTests.S3;

/// <summary>Tests status URLs signed with temporary credentials, on a server that enforces their expiration.</summary>
public sealed class RotatingCredentialsTests
{
    private const string Id = "00000000000000000000000000000abc";

    private static readonly TimeSpan _margin = TimeSpan.FromSeconds(5);

    // After every tenth URL, so that 10,000 URLs take longer than three sets of credentials are valid.
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(18);

    [Fact]
    public async Task IssueAsync_ShortLivedCredentials_ShortensUrl()
    {
        using var role = new AssumedRole(TimeSpan.FromMinutes(2));
        await using var host = await StartAsync(role);
        using var http = new HttpClient();

        var url = await host.Issuer.IssueAsync(host.Store.GetStatusKey(Id), TimeSpan.FromHours(1), default);

        url.ExpiresAt.Should().BeOnOrAfter(role.Expiries.Values.Single() - _margin - TimeSpan.FromSeconds(2))
            .And.BeOnOrBefore(role.Expiries.Values.Single() - _margin);
        int.Parse(HttpUtility.ParseQueryString(new Uri(url.Value).Query)["X-Amz-Expires"]!, null).Should().BeInRange(100, 115);
        using var response = await http.GetAsync(url.Value);
        response.StatusCode.Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task AcceptAsync_ShortLivedCredentials_ReturnsActualExpiration()
    {
        using var role = new AssumedRole(TimeSpan.FromMinutes(2));
        await using var host = await StartAsync(role, options => options.UrlLifetime = TimeSpan.FromMinutes(30));

        var accepted = await host.Operations.AcceptAsync(new Parcel("Ada"));

        accepted.StatusUrlExpiresAt.Should().BeOnOrBefore(role.Expiries.Values.Single() - _margin);
    }

    [Fact]
    public async Task IssueAsync_CredentialsRotate_NoUrlExpiresEarly()
    {
        using var role = new AssumedRole(TimeSpan.FromSeconds(11));
        await using var host = await StartAsync(role);
        using var poller = new LatePoller();
        var polling = poller.RunAsync();
        var key = host.Store.GetStatusKey(Id);

        for (var issued = 0; issued < 10_000; issued++)
        {
            var url = await host.Issuer.IssueAsync(key, LifetimeOf(issued), default);
            poller.Add(url);
            var token = HttpUtility.ParseQueryString(new Uri(url.Value).Query)["X-Amz-Security-Token"]!;
            url.ExpiresAt.Should().BeOnOrBefore(
                role.Expiries[token] - _margin,
                $"the URL expires at {url.ExpiresAt:O} and its credentials at {role.Expiries[token]:O}");
            await Pace(issued);
        }

        poller.Complete();
        await polling;
        role.Expiries.Count.Should().BeGreaterThanOrEqualTo(4, $"the credentials rotated {role.Expiries.Count} times");
        poller.ExpiredEarly.Should().BeEmpty();
        poller.Served.Should().BeGreaterThan(1000, $"{poller.Served} of 10,000 were polled in time");
    }

    // Usually a few seconds, and sometimes longer than any of these credentials are valid.
    private static TimeSpan LifetimeOf(int number) => number % 500 == 0 ? TimeSpan.FromHours(1) : TimeSpan.FromSeconds(1 + (number % 4));

    private static Task Pace(int issued) => issued % 10 == 0 ? Task.Delay(_pause) : Task.CompletedTask;

    private static async Task<TestHost> StartAsync(AssumedRole role, Action<OffloadedPollingOptions>? options = null)
    {
        var bucket = await TestServers.NewBucketAsync();
        var host = await TestHost.CreateAsync(
            bucket: bucket,
            options: options,
            build: builder => builder.Services.AddSingleton<IAmazonS3>(_ => TestServers.NewS3Client(credentials: role)));
        await host.Store.CreateAsync(TestDocuments.Waiting(Id), OperationMetadata.Empty, default);
        return host;
    }
}
