using OffloadedPolling.Tests.Shared;

namespace OffloadedPolling.Tests.S3;

/// <summary>Tests the validation of the S3 settings at startup.</summary>
public sealed class S3OptionsTests
{
    [Theory]
    [InlineData("S3:BucketName", "", "OffloadedPolling:S3:BucketName is missing")]
    [InlineData("S3:BucketName", "No_Bucket", "is 'No_Bucket', which is not a bucket name")]
    [InlineData("S3:BucketName", "orders--euw1-az1--x-s3", "directory bucket")]
    [InlineData("S3:BucketName", "arn:aws:s3::123456789012:accesspoint/a.mrap", "multi-region access point")]
    [InlineData("S3:KeyPrefix", "", "would delete every object in the bucket")]
    [InlineData("S3:KeyPrefix", "status", "Set it to 'status/'")]
    [InlineData("S3:KeyPrefix", "a//b/", "segment that HTTP clients would rewrite")]
    [InlineData("S3:KeyPrefix", "../b/", "segment that HTTP clients would rewrite")]
    [InlineData("S3:KeyPrefix", "größe/", "Use only letters, digits")]
    [InlineData(
        "S3:PublicEndpoint",
        "files.example.com",
        "OffloadedPolling:S3:PublicEndpoint is 'files.example.com'. Set it to an address without a path")]
    [InlineData("S3:PublicEndpoint", "https://files.example.com/s3", "Set it to an address without a path")]
    public void Validate_InvalidSetting_ReportsValueAndFix(string key, string value, string expected) =>
        StartFailures.OnAws(key, value).Should().Contain(failure => failure.Contains(expected, StringComparison.Ordinal));
}
