using Microsoft.Extensions.DependencyInjection;
using NSubstitute;
using OffloadedPolling.Sts;
using OffloadedPolling.Tests.Shared;

namespace OffloadedPolling.Tests.Sts;

/// <summary>Tests the validation of the STS settings at startup.</summary>
public sealed class StsOptionsTests
{
    private const string Role = "arn:aws:iam::123456789012:role/status-reader";

    [Theory]
    [InlineData("Sts:RoleArn", "", "OffloadedPolling:Sts:RoleArn is missing. Set it to the ARN of a role")]
    [InlineData("Sts:RoleArn", "status-reader", "OffloadedPolling:Sts:RoleArn is 'status-reader', which is not the ARN of a role")]
    [InlineData("Sts:RoleArn", "arn:aws:iam::123456789012:user/ada", "which is not the ARN of a role")]
    [InlineData("Sts:RoleArn", "arn:aws:iam::123:role/reader", "which is not the ARN of a role")]
    [InlineData("Sts:Duration", "00:14:59", "OffloadedPolling:Sts:Duration is 00:14:59. Set it to a value from 00:15:00 to 12:00:00")]
    [InlineData("Sts:Duration", "12:00:01", "OffloadedPolling:Sts:Duration is 12:00:01")]
    [InlineData("Sts:RoleArm", "x", "OffloadedPolling:Sts:RoleArm is not a setting of this version")]
    public void Validate_InvalidSetting_ReportsValueAndFix(string key, string value, string expected) =>
        Start(new() { ["Sts:RoleArn"] = Role, [key] = value }).Should().ContainSingle().Which.Should().Contain(expected);

    [Theory]
    [InlineData(Role)]
    [InlineData("arn:aws-cn:iam::123456789012:role/path/to/reader")]
    [InlineData("arn:aws-us-gov:iam::123456789012:role/reader")]
    [InlineData("arn:aws:iam:::role/status-reader")]
    public void Validate_RoleOfAnyPartitionOrServer_Succeeds(string role) =>
        Start(new() { ["Sts:RoleArn"] = role }).Should().BeEmpty();

    [Fact]
    public void Validate_WithoutS3_Fails()
    {
        var services = new ServiceCollection();
        services.AddOffloadedPolling().WithSqlite().WithSts(sts => sts.RoleArn = Role).AddOperation<Letter>("letters", LetterJson.Default);

        StartFailures.Of(services).Should().ContainSingle().Which.Should().StartWith("WithSts() is called without WithS3()");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Validate_CustomIssuerWithoutRole_Succeeds(bool isRegisteredFirst) => StartFailures.OnAws([], builder =>
    {
        Action<IOffloadedPollingBuilder>[] steps =
            [each => each.Services.AddSingleton(Substitute.For<ITemporaryCredentialsIssuer>()), each => each.WithSts()];
        Array.ForEach(isRegisteredFirst ? steps : [.. steps.Reverse()], step => step(builder));
    }).Should().BeEmpty();

    private static List<string> Start(Dictionary<string, string?> settings) => StartFailures.OnAws(settings, builder => builder.WithSts());
}
