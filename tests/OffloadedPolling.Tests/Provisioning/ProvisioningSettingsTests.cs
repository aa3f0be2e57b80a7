using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OffloadedPolling.Tests.Shared;

namespace OffloadedPolling.Tests.Provisioning;

/// <summary>Tests the validation of the provisioning settings at startup.</summary>
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
    public void Validate_ValidSetting_Succeeds(string key, string value) => Start(new() { [key] = value }).Should().BeEmpty();

    [Theory]
    [InlineData("S3:AllowedOrigins:0", "*", "OffloadedPolling:S3:AllowedOrigins:0 is '*', which lets any page read")]
    [InlineData("S3:AllowedOrigins:0", "https://*.example.com", "List each origin")]
    [InlineData("S3:AllowedOrigins:1", "shop.example.com", "OffloadedPolling:S3:AllowedOrigins:")]
    [InlineData("S3:AllowedOrigins:0", "https://shop.example.com/", "Set it to that")]
    [InlineData("S3:AllowedOrigins:0", "https://shop.example.com/page", "browsers send this origin as 'https://shop.example.com'")]
    [InlineData("S3:AllowedOrigins:0", "https://Shop.example.com:443", "browsers send this origin as 'https://shop.example.com'")]
    [InlineData("S3:AllowedOrigins:0", "https://user@shop.example.com", "browsers send this origin as 'https://shop.example.com'")]
    [InlineData("S3:AllowedOrigins:0", "ftp://shop.example.com", "which is not an origin")]
    [InlineData("S3:AllowedOrigins:0", "null", "which is not an origin")]
    [InlineData("S3:AllowedIpRanges:0", "203.0.113.7", "For only that address, write '203.0.113.7/32'")]
    [InlineData("S3:AllowedIpRanges:0", "2001:db8::1", "write '2001:db8::1/128'")]
    [InlineData("S3:AllowedIpRanges:0", "203.0.113.7/24", "For the whole range, write '203.0.113.0/24'")]
    [InlineData("S3:AllowedIpRanges:0", "203.0.113.7/30", "write '203.0.113.4/30'")]
    [InlineData("S3:AllowedIpRanges:0", "2001:db8::1/32", "write '2001:db8::/32'; for only that address, '2001:db8::1/128'")]
    [InlineData("S3:AllowedIpRanges:0", "203.0.113.0/33", "whose prefix length is not a number from 1 to 32")]
    [InlineData("S3:AllowedIpRanges:0", "2001:db8::/129", "whose prefix length is not a number from 1 to 128")]
    [InlineData("S3:AllowedIpRanges:0", "203.0.113.0/024", "whose prefix length is not a number")]
    [InlineData("S3:AllowedIpRanges:0", "203.0.113.0/ 24", "whose prefix length is not a number")]
    [InlineData("S3:AllowedIpRanges:0", "203.0.113.0/24/1", "whose prefix length is not a number")]
    [InlineData("S3:AllowedIpRanges:0", "0.0.0.0/0", "which matches every address")]
    [InlineData("S3:AllowedIpRanges:0", "::/0", "which matches every address")]
    [InlineData("S3:AllowedIpRanges:0", "10.1/16", "which is not an address range")]
    [InlineData("S3:AllowedIpRanges:0", "fe80::%1/64", "which is not an address range")]
    [InlineData("S3:AllowedIpRanges:0", "everybody", "which is not an address range")]
    [InlineData("S3:AllowedVpcEndpoints:0", "vpc-1a2b3c4d", "is 'vpc-1a2b3c4d', which is not the ID of a VPC endpoint")]
    [InlineData("S3:Bucket:TlsOnli", "false", "OffloadedPolling:S3:Bucket:TlsOnli is not a setting of this version")]
    [InlineData("Queues:MaxReceiveCount", "0", "OffloadedPolling:Queues:MaxReceiveCount is 0. Set it to a value from 1 to 1000")]
    [InlineData("Queues:Retention", "1", "OffloadedPolling:Queues:Retention is not a setting of this version")]
    [InlineData("S3:Bucket:Transitions", "GLACIER", "Transitions is 'GLACIER', but it is a list")]
    [InlineData("S3:Bucket:Transitions:0", "GLACIER", "Transitions:0 is 'GLACIER', but it has settings of its own")]
    [InlineData("S3:Bucket:Transitions:0:Days", "120", "OffloadedPolling:S3:Bucket:Transitions:0:Days is not a setting of this version")]
    [InlineData("S3:Bucket:TransitionsAboveBytes", "-1", "TransitionsAboveBytes is -1. Set it to a value from 0 to 1048576")]
    public void Validate_InvalidSetting_ReportsValueAndFix(string key, string value, string expected) =>
        Start(new() { [key] = value }).Should().Contain(error => error.Contains(expected, StringComparison.Ordinal));

    [Theory]
    [InlineData("STANDARD", 30, "Transitions:0:StorageClass is 'STANDARD'. Set it to one of STANDARD_IA, ONEZONE_IA")]
    [InlineData("STANDARD_IA", -1, "Transitions:0:AfterDays is -1; the minimum is 0.")]
    public void Validate_InvalidTransition_Fails(string storageClass, int days, string expected) =>
        Start(Transitions((storageClass, days))).Should().ContainSingle(error => error.Contains(expected, StringComparison.Ordinal));

    [Fact]
    public void Validate_ValidTransitions_Succeeds() => Start(Transitions(("STANDARD_IA", 30), ("DEEP_ARCHIVE", 120))).Should().BeEmpty();

    [Theory]
    [InlineData("GLACIER", 0, "01:00:00", "Transitions:0:AfterDays is 0; for GLACIER, at least 1 is required: callers may poll for "
        + "01:00:00 after the last change (OffloadedPolling:MaxUrlLifetime). Set it to 1 or more.")]
    [InlineData("GLACIER", 1, "01:00:00", null)]
    [InlineData("DEEP_ARCHIVE", 6, "6.12:00:00", "Set it to 7 or more.")]
    [InlineData("DEEP_ARCHIVE", 7, "6.12:00:00", null)]
    [InlineData("GLACIER_IR", 0, "01:00:00", null)]
    public void Validate_ArchiveBeforeUrlsExpire_Fails(string storageClass, int days, string lifetime, string? expected)
    {
        var settings = Transitions((storageClass, days));
        settings["MaxUrlLifetime"] = lifetime;

        var errors = Start(settings);

        (errors.Count == 1).Should().Be(expected is not null);
        foreach (var error in errors)
        {
            error.Should().Contain(expected!);
        }
    }

    [Fact]
    public void Validate_TransitionsAndInvalidRetention_ReportsItOnce()
    {
        var settings = Transitions(("STANDARD_IA", 30));
        settings["Retention"] = "400.00:00:00";

        Start(settings).Should().ContainSingle().Which.Should().Contain("Retention is 400");
    }

    private static Dictionary<string, string?> Transitions(params (string StorageClass, int Days)[] transitions)
    {
        var settings = new Dictionary<string, string?> { ["Retention"] = "365.00:00:00", ["MaxDocumentBytes"] = "1048576" };
        for (var at = 0; at < transitions.Length; at++)
        {
            settings[$"S3:Bucket:Transitions:{at}:StorageClass"] = transitions[at].StorageClass;
            settings[$"S3:Bucket:Transitions:{at}:AfterDays"] = transitions[at].Days.ToString(
                System.Globalization.CultureInfo.InvariantCulture);
        }

        return settings;
    }

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
