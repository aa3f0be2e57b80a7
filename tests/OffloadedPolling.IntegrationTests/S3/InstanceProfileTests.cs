using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using System.Web;
using Amazon.SecurityToken.Model;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using OffloadedPolling.IntegrationTests.EndToEnd;
using OffloadedPolling.IntegrationTests.Servers;
using OffloadedPolling.Tests.Secrecy;

namespace OffloadedPolling.IntegrationTests.S3;

/// <summary>Tests EC2, where the SDK's default chain does not report when the credentials of the instance's role expire.</summary>
public sealed class InstanceProfileTests
{
    [Fact]
    public async Task Post_InstanceRole_KnowsCredentialsExpiration()
    {
        using var sts = TestServers.NewStsClient();
        var role = await sts.AssumeRoleAsync(
            new AssumeRoleRequest { RoleArn = TestServers.RoleArn, RoleSessionName = "instance", DurationSeconds = 3600 });
        Secrets.All.Keep(role.Credentials.SecretAccessKey);
        Secrets.All.Keep(role.Credentials.SessionToken);
        await using var metadata = await StartMetadataAsync(role.Credentials);
        using var settings = await OrdersSettings.CreateAsync();
        var variables = settings.For("Api");
        variables["AWS_ACCESS_KEY_ID"] = variables["AWS_SECRET_ACCESS_KEY"] = "";
        variables["AWS_EC2_METADATA_DISABLED"] = "false";
        variables["AWS_EC2_METADATA_SERVICE_ENDPOINT"] = metadata.Urls.Single();
        variables["OffloadedPolling__UrlLifetime"] = "00:30:00";
        await using var orders = await OrdersProcess.StartAsync(variables);
        using var http = new HttpClient();

        using var posted = await http.PostAsJsonAsync(
            new Uri(orders.Address, "/order"), new { customer = "Ada", items = new[] { new { sku = "book", quantity = 1 } } });

        var accepted = await posted.Content.ReadFromJsonAsync<JsonElement>();
        var query = HttpUtility.ParseQueryString(new Uri(accepted.GetProperty("statusUrl").GetString()!).Query);
        query["X-Amz-Credential"].Should().StartWith(role.Credentials.AccessKeyId);
        query["X-Amz-Expires"].Should().Be("1800", "an unknown expiration would shorten it to 900");
        orders.Output.Should().NotContain("do not report when they expire");
    }

    // https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-metadata-security-credentials.html
    private static async Task<WebApplication> StartMetadataAsync(Amazon.SecurityToken.Model.Credentials credentials)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.MapPut("/latest/api/token", () => "metadata-token");
        app.MapGet("/latest/meta-data/iam/info", () => Results.Json(new Dictionary<string, string>
        {
            ["Code"] = "Success",
            ["LastUpdated"] = Now(),
            ["InstanceProfileArn"] = "arn:aws:iam::123456789012:instance-profile/status-writer",
            ["InstanceProfileId"] = "AIPAEXAMPLE",
        }));
        app.MapGet("/latest/meta-data/iam/security-credentials/", () => "status-writer");
        app.MapGet("/latest/meta-data/iam/security-credentials/status-writer", () => Results.Json(new Dictionary<string, string>
        {
            ["Code"] = "Success",
            ["LastUpdated"] = Now(),
            ["Type"] = "AWS-HMAC",
            ["AccessKeyId"] = credentials.AccessKeyId,
            ["SecretAccessKey"] = credentials.SecretAccessKey,
            ["Token"] = credentials.SessionToken,
            ["Expiration"] = Text(credentials.Expiration!.Value.ToUniversalTime()),
        }));
        await app.StartAsync();
        return app;
    }

    private static string Now() => Text(DateTime.UtcNow);

    private static string Text(DateTime instant) => instant.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
