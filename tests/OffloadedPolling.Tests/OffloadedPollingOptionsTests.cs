using OffloadedPolling.Tests.Shared;

namespace OffloadedPolling.Tests;

/// <summary>Tests the validation of the host's settings at startup.</summary>
public sealed class OffloadedPollingOptionsTests
{
    [Fact]
    public void Validate_ValidSettings_Succeeds() => StartFailures.OnAws([]).Should().BeEmpty();

    [Theory]
    [InlineData("UrlLifetime", "00:00:00", "OffloadedPolling:UrlLifetime is 00:00:00. Set it to a value from 00:00:01 to 7.00:00:00")]
    [InlineData("UrlLifetime", "-01:00:00", "is -01:00:00")]
    [InlineData("UrlLifetime", "7.00:00:01", "is 7.00:00:01")]
    [InlineData("UrlLifetime", "02:00:00", "UrlLifetime is 02:00:00; the maximum is OffloadedPolling:MaxUrlLifetime (01:00:00)")]
    [InlineData("MaxUrlLifetime", "8.00:00:00", "MaxUrlLifetime is 8.00:00:00")]
    [InlineData("UnknownCredentialLifetime", "00:00:00", "UnknownCredentialLifetime is 00:00:00")]
    [InlineData(
        "AcceptTimeout", "00:00:00.5", "OffloadedPolling:AcceptTimeout is 00:00:00.5000000. Set it to a value from 00:00:01 to 00:05:00")]
    [InlineData("AcceptTimeout", "00:05:01", "AcceptTimeout is 00:05:01")]
    [InlineData("Retention", "00:00:10", "Retention is 00:00:10")]
    [InlineData("MaxDocumentBytes", "10", "MaxDocumentBytes is 10. Set it to a value from 1024 to 1048576")]
    public void Validate_InvalidSetting_ReportsValueAndFix(string key, string value, string expected) =>
        StartFailures.OnAws(key, value).Should().Contain(failure => failure.Contains(expected, StringComparison.Ordinal));

    [Fact]
    public void Validate_UrlLifetimeOverSevenDays_IsReportedOnce() => StartFailures.OnAws("UrlLifetime", "8.00:00:00")
        .Should().ContainSingle().Which.Should().Contain("UrlLifetime is 8.00:00:00. Set it to a value from");
}
