using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OffloadedPolling.Processing;
using OffloadedPolling.Tests.Shared;

namespace OffloadedPolling.Tests;

/// <summary>Checks that wrong settings stop the start even if the configuration binder accepts or ignores them.</summary>
public sealed class SettingsSectionTests
{
    [Theory]
    [InlineData("S3:RequireConditionalWrites", "maybe", "OffloadedPolling:S3:RequireConditionalWrites")]
    [InlineData("MaxDocumentBytes", "much", "OffloadedPolling:MaxDocumentBytes")]
    [InlineData("Retension", "00:00:01", "OffloadedPolling:Retension is not a setting of this version")]
    [InlineData("Operations:letters:VisibilityTimeout", "30", "OffloadedPolling:Operations:letters:VisibilityTimeout is '30', which "
        + ".NET reads as 30 day(s). For 30 second(s), write 00:00:30; for 30 day(s), write 30.00:00:00.")]
    [InlineData("Retention", "48:00:00", "OffloadedPolling:Retention is '48:00:00', which .NET does not read as 48 hours. For 48 hours, "
        + "write 2.00:00:00; for 48 day(s), write 48.00:00:00.")]
    [InlineData("MaxUrlLifetime", "24:00:00", "For 24 hours, write 1.00:00:00")]
    [InlineData("MaxUrlLifetime", "36:30", "For 36 minutes, write 00:36:30")]
    [InlineData("Retention", "30", "For 30 second(s), write 00:00:30")]
    [InlineData("Retention", "1", "reads as 1 day(s). For 1 second(s), write 00:00:01; for 1 day(s), write 1.00:00:00.")]
    [InlineData("Operations:letters:QueueURI", "x", "OffloadedPolling:Operations:letters:QueueURI is not a setting of this version")]
    [InlineData("S3:AllowedIpRanges", "203.0.113.0/24", "OffloadedPolling:S3:AllowedIpRanges is '203.0.113.0/24', but it is a list. Set "
        + "its first element as OffloadedPolling:S3:AllowedIpRanges:0")]
    [InlineData("S3:AllowedIpRanges:first", "203.0.113.0/24", "OffloadedPolling:S3:AllowedIpRanges:first is not an element of a list")]
    [InlineData("S3:AllowedIpRanges:0:x", "203.0.113.0/24", "OffloadedPolling:S3:AllowedIpRanges:0 is not a single value")]
    [InlineData("S3:AllowedOrigins:0", null, "OffloadedPolling:S3:AllowedOrigins:0 is not a single value")]
    [InlineData("S3:BucketName:0", "my-bucket", "OffloadedPolling:S3:BucketName is a single value, but OffloadedPolling:S3:BucketName:0 "
        + "is set. Set OffloadedPolling:S3:BucketName itself")]
    [InlineData("Retention:Days", "1", "OffloadedPolling:Retention is a single value")]
    public void Validate_InvalidSetting_ReportsValueAndFix(string key, string? value, string expected) =>
        StartFailures.OnAws(key, value).Should().Contain(failure => failure.Contains(expected, StringComparison.Ordinal));

    [Fact]
    public void Validate_InvalidSettingsInSeveralSections_ReportsAll() => StartFailures.OnAws(new Dictionary<string, string?>
    {
        ["Retention"] = "00:00:10",
        ["MaxDocumentBytes"] = "10",
        ["S3:BucketName"] = "",
        ["Operations:letters:MaxAttempts"] = "0",
        ["Operations:letters:QueueUrl"] = "",
    }).Should().HaveCount(5);

    [Fact]
    public void Validate_SectionOfUnusedProvider_IsIgnored() =>
        StartFailures.OnSqlite("S3:Bucket:TlsOnly", "false").Should().BeEmpty();

    [Fact]
    public void AddOffloadedPolling_OnlySecondCallHasSection_UsesIt()
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(new Dictionary<string, string?> { ["OffloadedPolling:Retention"] = "02:00:00" }).Build();
        var services = new ServiceCollection();
        services.AddOffloadedPolling();
        services.AddOffloadedPolling(configuration.GetSection("OffloadedPolling"))
            .WithSqlite().AddOperation<Letter>("letters", LetterJson.Default);

        using var provider = services.BuildServiceProvider();

        provider.GetRequiredService<IOptions<OffloadedPollingOptions>>().Value.Retention.Should().Be(TimeSpan.FromHours(2));
    }

    [Fact]
    public void Validate_CustomSection_ReportsItsPath()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(
            new Dictionary<string, string?> { ["Shop:Polling:Retention"] = "00:00:10", ["Shop:Polling:Sqlite:DataSource"] = "" }).Build();
        var services = new ServiceCollection();
        services.AddOffloadedPolling(configuration.GetSection("Shop:Polling"))
            .WithSqlite().AddOperation<Letter>("letters", LetterJson.Default);

        StartFailures.Of(services).Should().HaveCount(2).And.OnlyContain(failure => failure.StartsWith("Shop:Polling:"));
    }

    [Fact]
    public async Task Start_SettingsOfUnknownKind_AreLogged()
    {
        using var log = new RecordingLogger();
        var services = new ServiceCollection().AddLogging(logging => logging.AddProvider(log));
        services.AddOffloadedPolling(StartFailures.Section(new() { ["Operations:leters:MaxConcurrency"] = "5" }))
            .WithS3().WithSqs().AddOperation<Letter>("letters", LetterJson.Default);
        await using var provider = services.BuildServiceProvider();

        await provider.GetServices<IHostedService>().OfType<KindsStart>().Single().StartAsync(default);

        log.Entries.Should().ContainSingle(entry => entry.Id == 102)
            .Which.Text.Should().Contain("'OffloadedPolling:Operations:leters' does not belong to an operation kind of this host");
    }

    [Fact]
    public void AddOffloadedPolling_SettingsFromCode_OverrideSection()
    {
        var services = new ServiceCollection();
        services.AddOffloadedPolling(StartFailures.Section(new() { ["Retention"] = "02:00:00" }),
                options => options.Retention = TimeSpan.FromHours(3))
            .WithS3().WithSqs().AddOperation<Letter>("letters", LetterJson.Default);
        using var provider = services.BuildServiceProvider();

        provider.GetRequiredService<IOptions<OffloadedPollingOptions>>().Value.Retention.Should().Be(TimeSpan.FromHours(3));
    }
}
