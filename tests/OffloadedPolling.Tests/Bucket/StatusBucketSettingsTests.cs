using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OffloadedPolling.Tests.Shared;

namespace OffloadedPolling.Tests.Bucket;

/// <summary>Settings of the bucket's set-up that stop the start.</summary>
public sealed class StatusBucketSettingsTests
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
    public void Validate_ARightSetting_Passes(string key, string value) => Assert.Empty(Start(new() { [key] = value }));

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
    [InlineData("S3:Bucket:TransitionsAboveBytes", "-1", "TransitionsAboveBytes is -1. Set it to between 0 and 1048576")]
    public void Validate_AWrongSetting_IsNamedWithItsValueAndWhatToDo(string key, string value, string expected) =>
        Assert.Contains(Start(new() { [key] = value }), error => error.Contains(expected, StringComparison.Ordinal));

    [Theory]
    [InlineData("STANDARD", 30, "Transitions:0:StorageClass is 'STANDARD', which is no class")]
    [InlineData("STANDARD_IA", 10, "Transitions:0:AfterDays is 10, and S3 takes no move to STANDARD_IA before day 30")]
    [InlineData("STANDARD_IA", 340, "documents are deleted on day 365 (OffloadedPolling:Retention): STANDARD_IA bills 30 days")]
    [InlineData("STANDARD_IA", 400, "Transitions:0:AfterDays is 400")]
    [InlineData("GLACIER_IR", 300, "GLACIER_IR bills 90 days")]
    [InlineData("DEEP_ARCHIVE", 200, "DEEP_ARCHIVE bills 180 days of each document, and it would lie there for 165")]
    public void Validate_ATransitionThatCostsMoreForSure_IsRefused(string storageClass, int days, string expected) =>
        Assert.Contains(expected, Assert.Single(Start(Transitions((storageClass, days)))), StringComparison.Ordinal);

    [Fact]
    public void Validate_TransitionsOfDocumentsThatAreAllSmall_AreRefusedWithWhatTheyCost()
    {
        var settings = Transitions(("STANDARD_IA", 30));
        settings["MaxDocumentBytes"] = "16384";

        var errors = Start(settings);

        Assert.Contains(errors, error => error.Contains("STANDARD_IA, which costs more than it saves for every document: a document of 16,384 bytes costs 4.35 times as much", StringComparison.Ordinal));
        Assert.Contains(errors, error => error.Contains("none would move", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("GLACIER_IR", "STANDARD_IA", 40, 80, "in ascending order")]
    [InlineData("STANDARD_IA", "DEEP_ARCHIVE", 80, 80, "in ascending order")]
    [InlineData("STANDARD_IA", "GLACIER_IR", 40, 60, "they move on on day 60")]
    [InlineData("ONEZONE_IA", "GLACIER_IR", 40, 100, "S3 moves nothing there from ONEZONE_IA")]
    public void Validate_TransitionsThatDoNotFollowEachOther_AreRefused(string first, string second, int firstDay, int secondDay, string expected) =>
        Assert.Contains(Start(Transitions((first, firstDay), (second, secondDay))), error => error.Contains(expected, StringComparison.Ordinal));

    [Fact]
    public void Validate_TransitionsThatSave_Pass() => Assert.Empty(Start(Transitions(("STANDARD_IA", 30), ("DEEP_ARCHIVE", 120))));

    [Theory]
    [InlineData("GLACIER", 0, "01:00:00", "Transitions:0:AfterDays is 0, and in GLACIER status URLs answer 403, which callers may poll for 01:00:00 after the last change (OffloadedPolling:MaxUrlLifetime). Set it to 1 at least.")]
    [InlineData("GLACIER", 1, "01:00:00", null)]
    [InlineData("DEEP_ARCHIVE", 6, "6.12:00:00", "Set it to 7 at least.")]
    [InlineData("DEEP_ARCHIVE", 7, "6.12:00:00", null)]
    [InlineData("GLACIER_IR", 0, "01:00:00", null)]
    public void Validate_AnArchiveThatCallersMayStillPollIn_IsRefused(string storageClass, int days, string lifetime, string? expected)
    {
        var settings = Transitions((storageClass, days));
        settings["MaxUrlLifetime"] = lifetime;

        var errors = Start(settings);

        Assert.Equal(expected is not null, errors.Count == 1);
        Assert.All(errors, error => Assert.Contains(expected!, error, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("STANDARD_IA", 340)]
    [InlineData("STANDARD_IA", 400)]
    [InlineData("DEEP_ARCHIVE", 200)]
    public void Validate_ATransitionWhereNothingExpires_HasAllTheTimeItNeeds(string storageClass, int days)
    {
        var settings = Transitions((storageClass, days));
        settings["S3:Bucket:Expiry"] = "false";

        Assert.Empty(Start(settings));
    }

    [Fact]
    public void Validate_TransitionsBesideAWrongRetention_TellThatOnce()
    {
        var settings = Transitions(("STANDARD_IA", 30));
        settings["Retention"] = "400.00:00:00";

        Assert.Contains("Retention is 400", Assert.Single(Start(settings)), StringComparison.Ordinal);
    }

    private static Dictionary<string, string?> Transitions(params (string StorageClass, int Days)[] transitions)
    {
        var settings = new Dictionary<string, string?> { ["Retention"] = "365.00:00:00", ["MaxDocumentBytes"] = "1048576" };
        for (var at = 0; at < transitions.Length; at++)
        {
            settings[$"S3:Bucket:Transitions:{at}:StorageClass"] = transitions[at].StorageClass;
            settings[$"S3:Bucket:Transitions:{at}:AfterDays"] = transitions[at].Days.ToString(System.Globalization.CultureInfo.InvariantCulture);
        }

        return settings;
    }

    private static List<string> Start(Dictionary<string, string?> settings)
    {
        var all = settings.ToDictionary(setting => $"OffloadedPolling:{setting.Key}", setting => setting.Value);
        all["OffloadedPolling:S3:BucketName"] = "status";
        all["OffloadedPolling:Operations:parcels:QueueUrl"] = "https://sqs.eu-west-1.amazonaws.com/123456789012/parcels";
        var services = new ServiceCollection().AddLogging();
        services.AddOffloadedPolling(new ConfigurationBuilder().AddInMemoryCollection(all).Build().GetSection("OffloadedPolling"))
            .WithS3().WithSqs().AddOperation<Parcel>("parcels", ParcelJson.Default);
        using var provider = services.BuildServiceProvider();
        try
        {
            provider.GetRequiredService<IStartupValidator>().Validate();
            return [];
        }
        catch (OptionsValidationException wrong)
        {
            return [.. wrong.Failures];
        }
        catch (AggregateException several)
        {
            return [.. several.InnerExceptions.Cast<OptionsValidationException>().SelectMany(wrong => wrong.Failures)];
        }
    }
}
