using Microsoft.Extensions.DependencyInjection;
using OffloadedPolling.Tests.Shared;

namespace OffloadedPolling.Tests.Queue;

/// <summary>Tests the validation of an operation kind's settings at startup.</summary>
public sealed class OperationOptionsTests
{
    [Theory]
    [InlineData("Operations:letters:MaxConcurrency", "0", "MaxConcurrency is 0. Set it to a value from 1 to 1000")]
    [InlineData(
        "Operations:letters:VisibilityTimeout", "13:00:00", "VisibilityTimeout is 13:00:00. Set it to a value from 00:00:01 to 12:00:00")]
    [InlineData("Operations:letters:MaxAttempts", "0", "MaxAttempts is 0. Set it to a value from 1 to 1000")]
    [InlineData(
        "Operations:letters:ExpectedMedian", "00:00:05", "ExpectedUpper is missing. Set it to the 90 % bound, or remove ExpectedMedian")]
    public void Validate_InvalidSetting_ReportsValueAndFix(string key, string value, string expected) =>
        StartFailures.OnAws(key, value).Should().Contain(failure => failure.Contains(expected, StringComparison.Ordinal));

    [Fact]
    public void Validate_UpperBoundWithoutMedian_Fails() => StartFailures.OnAws("Operations:letters:ExpectedUpper", "00:00:05")
        .Should().Equal("OffloadedPolling:Operations:letters:ExpectedMedian is missing. Set it to the median, or remove ExpectedUpper.");

    [Fact]
    public void Validate_UpperBoundBelowMedian_Fails() => StartFailures.OnAws(
            new Dictionary<string, string?>
            {
                ["Operations:letters:ExpectedMedian"] = "00:00:05",
                ["Operations:letters:ExpectedUpper"] = "00:00:04",
            })
        .Should().Equal("OffloadedPolling:Operations:letters:ExpectedUpper is 00:00:04, less than ExpectedMedian (00:00:05). "
            + "Raise ExpectedUpper, or lower ExpectedMedian.");

    [Fact]
    public void Validate_InvalidSettingsOfTwoKinds_ReportsBothKinds() => StartFailures.OnAws(
            new Dictionary<string, string?> { ["Operations:letters:MaxConcurrency"] = "0", ["Operations:parcels:MaxConcurrency"] = "1001" },
            builder =>
                builder.AddOperation<Parcel>("parcels", ParcelJson.Default, kind => kind.QueueUrl = StartFailures.QueueUrl + "-parcels"))
        .Should().Equal(
            "OffloadedPolling:Operations:letters:MaxConcurrency is 0. Set it to a value from 1 to 1000.",
            "OffloadedPolling:Operations:parcels:MaxConcurrency is 1001. Set it to a value from 1 to 1000.");
}
