using Amazon;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;
using OffloadedPolling.AspNetCore;
using OffloadedPolling.IntegrationTests.Servers;

namespace OffloadedPolling.IntegrationTests.S3;

/// <summary>
/// Tests that the start or the health check finds servers that ignore or reject conditional writes, and hosts that must not write.
/// </summary>
public sealed class ConditionalWritesTests
{
    private const string Probe = "operations/conditional-write-probe";

    private static readonly TimeSpan _timeout = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData(false, false, "ignores If-None-Match and If-Match")]
    [InlineData(true, false, "ignores If-Match")]
    [InlineData(false, true, "ignores If-None-Match")]
    public async Task Start_ServerIgnoresConditions_Throws(bool heedsIfNoneMatch, bool heedsIfMatch, string expected)
    {
        await using var s3 = await ModelS3.StartAsync();
        (s3.HeedsIfNoneMatch, s3.HeedsIfMatch) = (heedsIfNoneMatch, heedsIfMatch);
        await using var host = await CreateAsync(s3.Address);

        var refused = await FluentActions.Awaiting(() => StartAsync(host)).Should().ThrowAsync<OperationStoreException>();

        refused.Which.Message.Should().Contain($"'{s3.Address}' {expected}, so")
            .And.Contain("set OffloadedPolling:S3:RequireConditionalWrites to false");
        (await CheckAsync(host)).Status.Should().Be(HealthStatus.Unhealthy);
    }

    [Fact]
    public async Task Start_IgnoredConditionsAllowed_WarnsAndIsDegraded()
    {
        await using var s3 = await ModelS3.StartAsync();
        s3.HeedsIfMatch = false;
        await using var host = await CreateAsync(s3.Address, builder =>
            builder.Services.Configure<S3Options>(options => options.RequireConditionalWrites = false));

        await StartAsync(host);

        host.Log.Entries.Should().ContainSingle(entry => entry.Id == 205).Which.Text.Should().Contain("ignores If-Match, so");
        var health = await CheckAsync(host);
        health.Status.Should().Be(HealthStatus.Degraded);
        health.Description.Should().Contain("ignores If-Match, so");
        await StopAsync(host);
    }

    [Fact]
    public async Task Start_ServerSupportsConditions_LeavesOneProbeObject()
    {
        await using var s3 = await ModelS3.StartAsync();
        await using var first = await CreateAsync(s3.Address);
        await using var second = await CreateAsync(s3.Address, bucket: first.Bucket);

        await StartAsync(first);
        s3.Requests.Should().Equal("PUT 200", "PUT 412", "PUT 412");
        await StartAsync(second);

        s3.Requests.Skip(3).Should().Equal("PUT 412", "PUT 412");
        s3.Keys.Should().Equal($"/{first.Bucket}/{Probe}");
        first.Store.GetOperationId(Probe).Should().BeNull("it is not the name of a status document");
        await StopAsync(first);
        await StopAsync(second);
    }

    [Fact]
    public async Task Start_TenHostsAtOnce_AreHealthy()
    {
        var hosts = new List<TestHost> { await CreateAsync(TestServers.S3) };
        for (var more = 1; more < 10; more++)
        {
            hosts.Add(await CreateAsync(TestServers.S3, bucket: hosts[0].Bucket));
        }

        await Task.WhenAll(hosts.Select(StartAsync));

        var health = await Task.WhenAll(hosts.Select(host => CheckAsync(host)));
        health.Should().OnlyContain(entry => entry.Status == HealthStatus.Healthy);
        hosts.SelectMany(host => host.Log.Entries).Should().NotContain(entry => entry.Id == 205);
        foreach (var host in hosts)
        {
            await StopAsync(host);
            await host.DisposeAsync();
        }
    }

    [Fact]
    public async Task Start_VersionedBucketOnCeph_Throws()
    {
        await using var host = await CreateAsync(TestServers.S3);
        using var s3 = TestServers.NewS3Client();
        await s3.PutBucketVersioningAsync(new PutBucketVersioningRequest
        {
            BucketName = host.Bucket, VersioningConfig = new S3BucketVersioningConfig { Status = VersionStatus.Enabled },
        });

        await FluentActions.Awaiting(() => StartAsync(host))
            .Should().ThrowAsync<OperationStoreException>().WithMessage("*ignores If-None-Match*");
    }

    [Fact]
    public async Task Check_ServerRejectsConditions_IsUnhealthyWithReason()
    {
        await using var s3 = await ModelS3.StartAsync();
        s3.RefusesConditions = true;
        await using var host = await CreateAsync(s3.Address);

        await StartAsync(host);

        host.Log.Entries.Should().ContainSingle(entry => entry.Id == 206);
        var health = await CheckAsync(host);
        health.Status.Should().Be(HealthStatus.Unhealthy);
        health.Description.Should().Contain("NotImplemented").And.Contain("Use an S3 server that supports conditional writes");
        (await OperationResults.AcceptAsync(host.Operations, new Parcel("Ada"))).StatusCode.Should().Be(503);
        await StopAsync(host);
    }

    [Fact]
    public async Task Start_ServerHangs_StartsAndCheckIsUnhealthy()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var s3 = await ModelS3.StartAsync();
        (s3.Hang, s3.HeedsIfMatch) = (new TaskCompletionSource(), false);
        await using var host = await CreateAsync(s3.Address, time: time);

        var starting = StartAsync(host);
        await Eventually.TrueAsync(
            () =>
            {
                time.Advance(TimeSpan.FromSeconds(1));
                return starting.IsCompleted;
            },
            _timeout,
            () => "the host does not start");
        await starting;

        host.Log.Entries.Should().ContainSingle(entry => entry.Id == 206);
        s3.Hang.SetResult();
        s3.Hang = null;
        var health = await CheckAsync(host);
        health.Status.Should().Be(HealthStatus.Unhealthy);
        health.Description.Should().Contain("ignores If-Match, so");
        await StopAsync(host);
    }

    [Fact]
    public async Task Start_NoServer_StartsAndIsUnhealthyUntilServerRuns()
    {
        var port = FreePort.Next();
        await using var host = await CreateAsync(new Uri($"http://127.0.0.1:{port}"));

        await StartAsync(host);

        host.Log.Entries.Should().ContainSingle(entry => entry.Id == 206);
        (await CheckAsync(host)).Status.Should().Be(HealthStatus.Unhealthy);
        await using var s3 = await ModelS3.StartAsync($"http://127.0.0.1:{port}");
        (await CheckAsync(host)).Status.Should().Be(HealthStatus.Healthy);
        await StopAsync(host);
    }

    [Fact]
    public async Task Check_SeveralWithinMinute_WritesOnce()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var s3 = await RecordingProxy.StartAsync(TestServers.S3);
        await using var host = await CreateAsync(s3.Address, time: time);

        (await CheckAsync(host)).Status.Should().Be(HealthStatus.Healthy);
        var first = Writes(s3).Count;
        await CheckAsync(host);
        Writes(s3).Should().HaveCount(first);
        time.Advance(TimeSpan.FromMinutes(1));
        await CheckAsync(host);

        Writes(s3).Skip(first).Should().Equal(412);
    }

    [Fact]
    public async Task Check_ServerStartsIgnoringConditions_IsUnhealthy()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var s3 = await ModelS3.StartAsync();
        await using var host = await CreateAsync(s3.Address, time: time);
        (await CheckAsync(host)).Status.Should().Be(HealthStatus.Healthy);

        s3.HeedsIfNoneMatch = false;
        time.Advance(TimeSpan.FromMinutes(1));

        (await CheckAsync(host)).Status.Should().Be(HealthStatus.Unhealthy);
        s3.HeedsIfNoneMatch = true;
        (await CheckAsync(host)).Status.Should().Be(HealthStatus.Healthy);
    }

    [Fact]
    public async Task Check_WrongSecret_IsUnhealthy()
    {
        await using var host = await CreateAsync(TestServers.S3, builder => builder.Services.AddSingleton<IAmazonS3>(
            _ => TestServers.NewS3Client(credentials: new BasicAWSCredentials(TestServers.AccessKey, "wrong"))));

        var health = await CheckAsync(host);

        health.Status.Should().Be(HealthStatus.Unhealthy);
        health.Description.Should().Contain("access is denied");
    }

    [Fact]
    public async Task Check_PolicyDeniesWrites_IsUnhealthy()
    {
        await using var host = await CreateAsync(TestServers.S3);
        (await CheckAsync(host)).Status.Should().Be(HealthStatus.Healthy);
        using var s3 = TestServers.NewS3Client();
        await s3.PutBucketPolicyAsync(host.Bucket, $$"""
            {"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":["s3:PutObject"],
            "Resource":["arn:aws:s3:::{{host.Bucket}}/operations/*"]}]}
            """);
        await using var another = await CreateAsync(TestServers.S3, bucket: host.Bucket);

        var health = await CheckAsync(another);

        health.Status.Should().Be(HealthStatus.Unhealthy);
        health.Description.Should().Contain("s3:PutObject");
    }

    [Fact]
    public async Task Check_OnAws_TestsWritesButNotConditions()
    {
        await using var s3 = await ModelS3.StartAsync();
        (s3.HeedsIfMatch, s3.HeedsIfNoneMatch) = (false, false);
        await using var host = await CreateAsync(s3.Address, builder => builder.Services.AddSingleton<IAmazonS3>(_ => new AmazonS3Client(
            TestServers.Credentials,
            new AmazonS3Config
            {
                RegionEndpoint = RegionEndpoint.EUWest1,
                ForcePathStyle = true,
                HttpClientFactory = new Redirected(s3.Address),
            })));

        await StartAsync(host);
        s3.Requests.Should().BeEmpty();
        var health = await CheckAsync(host);

        health.Status.Should().Be(HealthStatus.Healthy);
        s3.Requests.Should().Equal(["GET 404", "PUT 200", "GET 200", "GET 200"], "the last one uses a status URL");
        await StopAsync(host);
    }

    private static async Task<TestHost> CreateAsync(
        Uri s3, Action<IOffloadedPollingBuilder>? build = null, string? bucket = null, TimeProvider? time = null) =>
        await TestHost.CreateAsync(s3, bucket: bucket, time: time, build: builder =>
        {
            builder.Services.AddHealthChecks().AddOffloadedPolling();
            build?.Invoke(builder);
        });

    private static async Task StartAsync(TestHost host)
    {
        foreach (var hosted in host.Services.GetServices<IHostedService>())
        {
            await hosted.StartAsync(default);
        }
    }

    private static async Task StopAsync(TestHost host)
    {
        foreach (var hosted in host.Services.GetServices<IHostedService>())
        {
            await hosted.StopAsync(default);
        }
    }

    private static async Task<HealthReportEntry> CheckAsync(TestHost host) =>
        (await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync()).Entries["offloaded-polling"];

    private static List<int> Writes(RecordingProxy s3) =>
        [.. s3.Requests.Where(request => request.Method == "PUT").Select(request => request.StatusCode)];

    /// <summary>Sends requests for AWS to a local server.</summary>
    private sealed class Redirected(Uri address) : HttpClientFactory
    {
        public override HttpClient CreateHttpClient(IClientConfig clientConfig) => new(new Handler(address));

        private sealed class Handler(Uri address) : DelegatingHandler(new SocketsHttpHandler { UseProxy = false })
        {
            protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
            {
                request.RequestUri = new Uri(address, request.RequestUri!.PathAndQuery);
                return base.SendAsync(request, cancellationToken);
            }
        }
    }
}
