using Amazon.Runtime;
using Amazon.S3;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using OffloadedPolling.IntegrationTests.EndToEnd;
using OffloadedPolling.IntegrationTests.Servers;
using OffloadedPolling.Tests.Troubleshooting;

namespace OffloadedPolling.IntegrationTests.Troubleshooting;

/// <summary>Tests mistakes that only a server, or a missing server, reveals.</summary>
public sealed class MistakesInHealthCheckTests
{
    private static readonly TimeSpan _timeout = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Health_NoSuchBucket_NamesFix() =>
        await IsUnhealthyAsync(Mistakes.NoSuchBucket, bucket: "test-nowhere");

    [Fact]
    public async Task Health_NoSuchQueue_NamesFix() =>
        await IsUnhealthyAsync(Mistakes.NoSuchQueue, queueUrl: $"{TestServers.Sqs}000000000000/nowhere");

    [Fact]
    public async Task Health_NoServer_NamesFix() =>
        await IsUnhealthyAsync(Mistakes.NoServer, NewClient(config => config.ServiceURL = $"http://127.0.0.1:{FreePort.Next()}"));

    [Fact]
    public async Task Health_ServerNeedsPathStyle_NamesFix() => await IsUnhealthyAsync(Mistakes.NoPathStyle, NewClient(config =>
    {
        // A name that does not resolve with the bucket in front of it: https://www.rfc-editor.org/rfc/rfc6761#section-6.4
        (config.ServiceURL, config.ForcePathStyle) = ("http://s3.invalid:9000", false);
        config.HttpClientFactory = new Unresolved();
    }));

    [Fact]
    public async Task Health_NoSuchRegion_NamesFix() =>
        await IsUnhealthyAsync(Mistakes.RegionThatDoesNotExist, NewClient(config =>
        {
            config.RegionEndpoint = Amazon.RegionEndpoint.GetBySystemName("eu-wset-1");
            config.HttpClientFactory = new Unresolved();
        }));

    [Fact]
    public Task Health_AccessIsDenied_NamesFix() => IsUnhealthyAsync(Mistakes.AccessDenied, "AccessDenied");

    [Fact]
    public Task Health_WrongSecret_NamesFix() => IsUnhealthyAsync(Mistakes.WrongSecret, "SignatureDoesNotMatch");

    [Fact]
    public async Task Health_StatusUrlsAreRedirected_NamesFix()
    {
        // The SDK follows the redirect to a bucket in another region, but callers do not.
        await using var s3 = await RecordingProxy.StartAsync(TestServers.S3);
        s3.Intercept = context =>
        {
            var isPresigned = context.Request.Query.ContainsKey("X-Amz-Signature");
            if (isPresigned)
            {
                context.Response.StatusCode = StatusCodes.Status307TemporaryRedirect;
                context.Response.Headers.Location = "https://status.s3.eu-central-1.amazonaws.com/";
                context.Response.Headers["x-amz-bucket-region"] = "eu-central-1";
            }

            return Task.FromResult(isPresigned);
        };

        await IsUnhealthyAsync(Mistakes.BucketInAnotherRegion, TestServers.NewS3Client(s3.Address));
    }

    [Fact]
    public async Task Health_SeveralChecks_TestStatusUrlOnce()
    {
        await using var s3 = await RecordingProxy.StartAsync(TestServers.S3);
        await using var host = await CreateAsync(TestServers.NewS3Client(s3.Address));

        for (var check = 0; check < 3; check++)
        {
            (await CheckAsync(host)).Status.Should().Be(HealthStatus.Healthy);
        }

        s3.Requests.Should().ContainSingle(request => request.Path.EndsWith("conditional-write-probe", StringComparison.Ordinal)
            && !request.Headers.ContainsKey("Authorization"))
            .Which.StatusCode.Should().Be(StatusCodes.Status200OK);
    }

    [Fact]
    public async Task Health_NoCredentials_NamesFix()
    {
        using var settings = await OrdersSettings.CreateAsync();
        var variables = settings.For("Api");
        variables["AWS_ACCESS_KEY_ID"] = variables["AWS_SECRET_ACCESS_KEY"] = "";
        await using var orders = OrdersProcess.Start(variables);
        using var http = new HttpClient();
        var health = "";

        await Eventually.TrueAsync(
            async () => (health = await TextAsync(http, new Uri(orders.Address, "/health")))
                .Contains(Mistakes.NoCredentials.Message, StringComparison.Ordinal),
            _timeout, () => $"{health}\n{orders.Output}");
    }

    [Fact]
    public async Task Start_NoRegion_NamesFix()
    {
        using var settings = await OrdersSettings.CreateAsync();
        var variables = settings.For("Api");
        variables["AWS_REGION"] = variables["AWS_DEFAULT_REGION"] = variables["AWS_ENDPOINT_URL_S3"] = "";

        var (exitCode, output) = await OrdersProcess.RunToExitAsync(variables);

        exitCode.Should().NotBe(0);
        output.Should().Contain(Mistakes.NoRegion.Message);
    }

    [Fact]
    public async Task Health_ServerIgnoresConditions_NamesFix()
    {
        await using var s3 = await ModelS3.StartAsync();
        (s3.HeedsIfNoneMatch, s3.HeedsIfMatch) = (false, false);

        await IsUnhealthyAsync(Mistakes.ConditionsIgnored, TestServers.NewS3Client(s3.Address), "status");
    }

    // AWS returns the code to a write.
    private static async Task IsUnhealthyAsync(Mistake mistake, string code)
    {
        await using var s3 = await RecordingProxy.StartAsync(TestServers.S3);
        s3.Intercept = async context => context.Request.Method == "PUT" && await AwsAnswers.XmlErrorAsync(context, code, 403);

        await IsUnhealthyAsync(mistake, TestServers.NewS3Client(s3.Address));
    }

    private static async Task IsUnhealthyAsync(Mistake mistake, AmazonS3Client? s3 = null, string? bucket = null, string? queueUrl = null)
    {
        await using var host = await CreateAsync(s3 ?? TestServers.NewS3Client(), bucket, queueUrl);

        var health = await CheckAsync(host);

        health.Status.Should().Be(HealthStatus.Unhealthy);
        health.Description.Should().Contain(mistake.Message);
    }

    private static Task<TestHost> CreateAsync(AmazonS3Client s3, string? bucket = null, string? queueUrl = null) =>
        TestHost.CreateAsync(bucket: bucket, queueUrl: queueUrl, build: builder =>
        {
            builder.Services.AddSingleton<IAmazonS3>(s3);
            builder.Services.AddHealthChecks().AddOffloadedPolling();
        });

    private static async Task<HealthReportEntry> CheckAsync(TestHost host) =>
        (await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync()).Entries["offloaded-polling"];

    private static AmazonS3Client NewClient(Action<AmazonS3Config> configure)
    {
        var config = new AmazonS3Config { ForcePathStyle = true, MaxErrorRetry = 0 };
        configure(config);
        return new AmazonS3Client(TestServers.Credentials, config);
    }

    private static async Task<string> TextAsync(HttpClient http, Uri address)
    {
        try
        {
            using var response = await http.GetAsync(address);
            return await response.Content.ReadAsStringAsync();
        }
        catch (HttpRequestException)
        {
            return "no answer";
        }
    }

    /// <summary>Fails to resolve every name, without using the network.</summary>
    private sealed class Unresolved : Amazon.Runtime.HttpClientFactory
    {
        public override HttpClient CreateHttpClient(IClientConfig clientConfig) => new(new Handler());

        private sealed class Handler : HttpMessageHandler
        {
            protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
                throw new HttpRequestException(
                    HttpRequestError.NameResolutionError, $"Name or service not known ({request.RequestUri!.Authority})");
        }
    }
}
