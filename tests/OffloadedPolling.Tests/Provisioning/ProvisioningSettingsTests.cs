using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OffloadedPolling.Tests.Shared;

namespace OffloadedPolling.Tests.Provisioning;

/// <summary>Settings of the set-up that stop the start.</summary>
public sealed class ProvisioningSettingsTests
{
    [Theory]
    [InlineData("S3:AllowedOrigins:0", "https://shop.example.com")]
    [InlineData("S3:AllowedOrigins:0", "http://localhost:5080")]
    [InlineData("S3:AllowedOrigins:0", "http://[::1]:5080")]
    [InlineData("S3:AllowedIpRanges:0", "203.0.113.0/24")]
    [InlineData("S3:AllowedIpRanges:0", "203.0.113.7/32")]
    [InlineData("S3:AllowedIpRanges:0", "2001:db8::/32")]
    [InlineData("S3:AllowedIpRanges:0", "2001:DB8:0::/32")]
    [InlineData("S3:AllowedVpcEndpoints:0", "vpce-1a2b3c4d")]
    [InlineData("S3:AllowedVpcEndpoints:0", "vpce-0123456789abcdef0")]
    [InlineData("S3:Bucket:TlsOnly", "false")]
    public void Validate_ARightSetting_Passes(string key, string value) => Start(new() { [key] = value }).Should().BeEmpty();

    [Theory]
    [InlineData("S3:AllowedOrigins:0", "*", "OffloadedPolling:S3:AllowedOrigins:0 is '*', which lets any page read")]
    [InlineData("S3:AllowedOrigins:0", "https://*.example.com", "Name each origin")]
    [InlineData("S3:AllowedOrigins:1", "shop.example.com", "OffloadedPolling:S3:AllowedOrigins:")]
    [InlineData("S3:AllowedOrigins:0", "https://shop.example.com/", "Set it to that")]
    [InlineData("S3:AllowedOrigins:0", "https://shop.example.com/page", "browsers call that origin 'https://shop.example.com'")]
    [InlineData("S3:AllowedOrigins:0", "https://Shop.example.com:443", "browsers call that origin 'https://shop.example.com'")]
    [InlineData("S3:AllowedOrigins:0", "https://user@shop.example.com", "browsers call that origin 'https://shop.example.com'")]
    [InlineData("S3:AllowedOrigins:0", "ftp://shop.example.com", "which is no origin")]
    [InlineData("S3:AllowedOrigins:0", "null", "which is no origin")]
    [InlineData("S3:AllowedIpRanges:0", "203.0.113.7", "For that one address write '203.0.113.7/32'")]
    [InlineData("S3:AllowedIpRanges:0", "2001:db8::1", "write '2001:db8::1/128'")]
    [InlineData("S3:AllowedIpRanges:0", "203.0.113.7/24", "For the range that it lies in write '203.0.113.0/24'")]
    [InlineData("S3:AllowedIpRanges:0", "203.0.113.7/30", "write '203.0.113.4/30'")]
    [InlineData("S3:AllowedIpRanges:0", "2001:db8::1/32", "write '2001:db8::/32', for that one address '2001:db8::1/128'")]
    [InlineData("S3:AllowedIpRanges:0", "203.0.113.0/33", "whose length is no number from 1 to 32")]
    [InlineData("S3:AllowedIpRanges:0", "2001:db8::/129", "whose length is no number from 1 to 128")]
    [InlineData("S3:AllowedIpRanges:0", "203.0.113.0/024", "whose length is no number")]
    [InlineData("S3:AllowedIpRanges:0", "203.0.113.0/ 24", "whose length is no number")]
    [InlineData("S3:AllowedIpRanges:0", "203.0.113.0/24/1", "whose length is no number")]
    [InlineData("S3:AllowedIpRanges:0", "0.0.0.0/0", "which is every address")]
    [InlineData("S3:AllowedIpRanges:0", "::/0", "which is every address")]
    [InlineData("S3:AllowedIpRanges:0", "10.1/16", "which is no range of addresses")]
    [InlineData("S3:AllowedIpRanges:0", "fe80::%1/64", "which is no range of addresses")]
    [InlineData("S3:AllowedIpRanges:0", "everybody", "which is no range of addresses")]
    [InlineData("S3:AllowedVpcEndpoints:0", "vpc-1a2b3c4d", "is 'vpc-1a2b3c4d', which is no VPC endpoint")]
    [InlineData("S3:Bucket:TlsOnli", "false", "OffloadedPolling:S3:Bucket:TlsOnli is not a setting of this version")]
    [InlineData("Queues:MaxReceiveCount", "0", "OffloadedPolling:Queues:MaxReceiveCount is 0. Set it to between 1 and 1000")]
    [InlineData("Queues:Retention", "1", "OffloadedPolling:Queues:Retention is not a setting of this version")]
    public void Validate_AWrongSetting_IsNamedWithItsValueAndWhatToDo(string key, string value, string expected) =>
        Start(new() { [key] = value }).Should().Contain(error => error.Contains(expected, StringComparison.Ordinal));

    private static List<string> Start(Dictionary<string, string?> settings)
    {
        var all = settings.ToDictionary(setting => $"OffloadedPolling:{setting.Key}", setting => setting.Value);
        all["OffloadedPolling:S3:BucketName"] = "status";
        all["OffloadedPolling:Operations:parcels:QueueUrl"] = "https://sqs.eu-west-1.amazonaws.com/123456789012/parcels";
        var services = new ServiceCollection();
        services.AddOffloadedPolling(new ConfigurationBuilder().AddInMemoryCollection(all).Build().GetSection("OffloadedPolling"))
            .WithS3().WithSqs().AddProvisioning().AddOperation<Parcel>("parcels", ParcelJson.Default);
        return StartFailures.Of(services);
    }
}
