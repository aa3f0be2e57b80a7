using System.Net;
using System.Web;
using Amazon.S3;
using Microsoft.Extensions.DependencyInjection;
using OffloadedPolling.IntegrationTests.Servers;

namespace OffloadedPolling.IntegrationTests.S3;

/// <summary>Status URLs that are signed with credentials which expire, at a server which knows when.</summary>
public sealed class RotatingCredentialsTests
{
    private const string Id = "00000000000000000000000000000abc";

    private static readonly TimeSpan _margin = TimeSpan.FromSeconds(5);

    // After each tenth URL, so that ten thousand of them take longer than three sets of credentials live.
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
        using var look = new PollsNearTheEnd();
        var looking = look.RunAsync();
        var key = host.Store.GetStatusKey(Id);

        for (var issued = 0; issued < 10_000; issued++)
        {
            var url = await host.Issuer.IssueAsync(key, Wish(issued), default);
            look.At(url);
            var token = HttpUtility.ParseQueryString(new Uri(url.Value).Query)["X-Amz-Security-Token"]!;
            url.ExpiresAt.Should().BeOnOrBefore(
                role.Expiries[token] - _margin,
                $"a URL that is told to work until {url.ExpiresAt:O} has credentials until {role.Expiries[token]:O}");
            await Pace(issued);
        }

        look.Complete();
        await looking;
        role.Expiries.Count.Should().BeGreaterThanOrEqualTo(4, $"the credentials rotated {role.Expiries.Count} times");
        look.Died.Should().BeEmpty();
        look.Alive.Should().BeGreaterThan(1000, $"{look.Alive} of 10,000 were looked at in time");
    }

    // What most callers wait for, and now and then more than any of these credentials have left.
    private static TimeSpan Wish(int number) => number % 500 == 0 ? TimeSpan.FromHours(1) : TimeSpan.FromSeconds(1 + (number % 4));

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
