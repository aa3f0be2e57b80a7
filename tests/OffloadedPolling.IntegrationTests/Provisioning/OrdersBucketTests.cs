using System.Net;
using Amazon.S3;
using OffloadedPolling.IntegrationTests.EndToEnd;
using OffloadedPolling.IntegrationTests.Servers;

namespace OffloadedPolling.IntegrationTests.Provisioning;

/// <summary>Tests that Orders sets up its bucket only in development.</summary>
public sealed class OrdersBucketTests : IDisposable
{
    private readonly Caller _caller = new();

    public void Dispose() => _caller.Dispose();

    [Fact]
    public async Task Development_SetsUpBucketAndOrderSucceeds()
    {
        using var settings = await OrdersSettings.CreateAsync();
        var development = In("Development", settings);
        // Ceph's gateway denies every write if this part is on.
        development["OffloadedPolling__S3__Bucket__BlockPublicAccess"] = "false";
        development["OffloadedPolling__S3__AllowedOrigins__0"] = "http://localhost:5080";
        await using var orders = await OrdersProcess.StartAsync(development);

        var accepted = await _caller.PlaceAsync(orders.Address);
        var end = await _caller.WaitForTheEndAsync(accepted.StatusUrl);

        end.State.Should().Be(OperationState.Succeeded);
        using var s3 = TestServers.NewS3Client();
        var rules = (await s3.GetLifecycleConfigurationAsync(settings.Bucket)).Configuration.Rules;
        rules.Should().ContainSingle().Which.Expiration.Days.Should().Be(1);
        (await s3.GetCORSConfigurationAsync(settings.Bucket)).Configuration.Rules
            .Should().ContainSingle().Which.AllowedOrigins.Should().ContainSingle().Which.Should().Be("http://localhost:5080");
        orders.Output.Should().Contain("Encryption of the bucket");
        orders.Output.Should().Contain("TlsOnly: Skipped");
    }

    [Fact]
    public async Task Production_BucketIsUnchanged()
    {
        using var settings = await OrdersSettings.CreateAsync();
        await using var orders = await OrdersProcess.StartAsync(In("Production", settings));

        using var s3 = TestServers.NewS3Client();
        ((await s3.GetLifecycleConfigurationAsync(settings.Bucket)).Configuration?.Rules ?? []).Should().BeEmpty();
        // The SDK returns the error of a missing policy as the policy.
        (await s3.GetBucketPolicyAsync(settings.Bucket)).Policy.Should().Contain("NoSuchBucketPolicy");
        (await s3.Awaiting(each => each.GetCORSConfigurationAsync(settings.Bucket)).Should().ThrowAsync<AmazonS3Exception>())
            .Which.StatusCode.Should().Be(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Development_NoSuchBucket_LogsAndStarts()
    {
        using var settings = await OrdersSettings.CreateAsync();
        using var s3 = TestServers.NewS3Client();
        await s3.DeleteBucketAsync(settings.Bucket);
        await using var orders = OrdersProcess.Start(In("Development", settings));

        await Eventually.TrueAsync(
            () => orders.Output.Contains("The bucket could not be set up", StringComparison.Ordinal)
                && orders.Output.Contains("Now listening on", StringComparison.Ordinal),
            TimeSpan.FromSeconds(60), () => orders.Output);

        orders.Output.Should().Contain("the bucket does not exist");
    }

    private static Dictionary<string, string> In(string environment, OrdersSettings settings)
    {
        var all = settings.For("All");
        all["DOTNET_ENVIRONMENT"] = environment;
        all["ASPNETCORE_ENVIRONMENT"] = environment;
        all["Logging__LogLevel__Microsoft.Hosting.Lifetime"] = "Information";
        return all;
    }
}
