using System.Net;
using OffloadedPolling.IntegrationTests.Servers;
using static OffloadedPolling.Provisioning.ProvisioningState;

namespace OffloadedPolling.IntegrationTests.Provisioning;

/// <summary>Tests who can read a status document after the bucket is set up.</summary>
public sealed class StatusBucketAccessTests
{
    private const string Shop = "https://shop.example.com";

    private static readonly CancellationToken _cancellationToken = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Network_AddressNotAllowed_IsDenied()
    {
        await using var host = await BucketHost.CreateAsync(s3 =>
        {
            s3.AllowedIpRanges.Add("127.0.0.1/32");
            s3.AllowedIpRanges.Add("2001:db8::/32");
        });

        (await host.StatusBucket().ApplyAsync(_cancellationToken)).State("Network").Should().Be(Applied);

        var url = await StatusUrlAsync(host);
        (await GetFromAsync("127.0.0.1", url)).Should().Be(HttpStatusCode.OK);
        (await GetFromAsync("127.0.0.2", url)).Should().Be(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Network_IpRangeAndVpcEndpoint_AllowsIpRange()
    {
        await using var host = await BucketHost.CreateAsync(s3 =>
        {
            s3.AllowedIpRanges.Add("127.0.0.1/32");
            s3.AllowedVpcEndpoints.Add("vpce-1a2b3c4d");
        });

        (await host.StatusBucket().ApplyAsync(_cancellationToken)).State("Network").Should().Be(Applied);

        var url = await StatusUrlAsync(host);
        (await GetFromAsync("127.0.0.1", url)).Should().Be(HttpStatusCode.OK);
        (await GetFromAsync("127.0.0.2", url)).Should().Be(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Network_DeniesHost_IsRolledBack()
    {
        // Ceph's gateway does not distinguish presigned requests from others, so the policy also denies the host.
        await using var host = await BucketHost.CreateAsync(s3 => s3.AllowedIpRanges.Add("10.0.0.0/8"));

        var report = await host.StatusBucket().ApplyAsync(_cancellationToken);

        (report.State("Network"), report.State("SignatureAge")).Should().Be((RolledBack, RolledBack));
        (await host.ReadAsync("policy")).Should().BeNull();
        (await GetFromAsync("127.0.0.2", await StatusUrlAsync(host))).Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task TlsOnly_ReadWithoutTls_IsDenied()
    {
        using var tls = BucketHost.NewTlsClient();
        await using var host = await BucketHost.CreateAsync(client: tls);
        await using var plain = await BucketHost.CreateAsync(bucket: host.Bucket);
        var plainUrl = await StatusUrlAsync(plain);
        (await GetFromAsync("127.0.0.1", plainUrl)).Should().Be(HttpStatusCode.OK);

        (await host.StatusBucket().ApplyAsync(_cancellationToken)).State("TlsOnly").Should().Be(Applied);

        (await GetFromAsync("127.0.0.1", plainUrl)).Should().Be(HttpStatusCode.Forbidden);
        using var caller = tls.Config is Amazon.Runtime.ClientConfig { HttpClientFactory: { } factory }
            ? factory.CreateHttpClient(tls.Config)
            : throw new InvalidOperationException();
        var url = new Uri(await StatusUrlAsync(host));
        url.Scheme.Should().Be(Uri.UriSchemeHttps);
        using var answer = await caller.GetAsync(url, _cancellationToken);
        answer.StatusCode.Should().Be(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData(Shop, HttpStatusCode.OK)]
    [InlineData("https://elsewhere.example.com", HttpStatusCode.Forbidden)]
    public async Task Cors_Preflight_AllowsOnlyConfiguredOrigins(string origin, HttpStatusCode expected)
    {
        await using var host = await BucketHost.CreateAsync(s3 => s3.AllowedOrigins.Add(Shop));
        (await host.StatusBucket().ApplyAsync(_cancellationToken)).State("Cors").Should().Be(Applied);
        var url = await StatusUrlAsync(host);
        using var http = new HttpClient();

        using var preflight = new HttpRequestMessage(HttpMethod.Options, url);
        preflight.Headers.Add("Origin", origin);
        preflight.Headers.Add("Access-Control-Request-Method", "GET");
        preflight.Headers.Add("Access-Control-Request-Headers", "if-none-match,traceparent");
        using var answer = await http.SendAsync(preflight, _cancellationToken);
        using var read = new HttpRequestMessage(HttpMethod.Get, url);
        read.Headers.Add("Origin", origin);
        using var document = await http.SendAsync(read, _cancellationToken);

        answer.StatusCode.Should().Be(expected);
        Header(answer, "Access-Control-Allow-Origin").Should().Be(expected == HttpStatusCode.OK ? origin : null);
        Header(document, "Access-Control-Allow-Origin").Should().Be(expected == HttpStatusCode.OK ? origin : null);
        if (expected == HttpStatusCode.OK)
        {
            var allowed = Header(answer, "Access-Control-Allow-Headers")!;
            allowed.Should().ContainEquivalentOf("if-none-match");
            allowed.Should().ContainEquivalentOf("traceparent");
            var exposed = Header(document, "Access-Control-Expose-Headers")!.Split(',', StringSplitOptions.TrimEntries);
            exposed.Should().Contain(item => item.Equals("ETag", StringComparison.OrdinalIgnoreCase));
            exposed.Should().Contain(item => item.Equals("Date", StringComparison.OrdinalIgnoreCase));
        }
    }

    private static async Task<string> StatusUrlAsync(TestHost host) =>
        (await host.Operations.AcceptAsync(new Parcel("to somebody"), _cancellationToken)).StatusUrl;

    private static async Task<HttpStatusCode> GetFromAsync(string address, string url)
    {
        using var caller = BucketHost.CallerFrom(address);
        using var answer = await caller.GetAsync(new Uri(url), _cancellationToken);
        return answer.StatusCode;
    }

    private static string? Header(HttpResponseMessage answer, string name) =>
        answer.Headers.TryGetValues(name, out var values) ? string.Join(',', values) : null;
}
