using Amazon;

namespace OffloadedPolling;

/// <summary>The partition that a region's resources have their ARNs in, as the SDK knows it.</summary>
/// <remarks>https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html</remarks>
internal static class AwsPartition
{
    private const string Usual = "aws";

    public static string Of(string? region) =>
        string.IsNullOrEmpty(region)
            ? Usual
            : RegionEndpoint.GetBySystemName(region).PartitionName is { Length: > 0 } partition ? partition : Usual;
}
