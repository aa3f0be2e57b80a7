using System.Globalization;
using System.Text;

namespace OffloadedPolling.Sts;

/// <summary>Creates the session policy that allows credentials to read only the given documents.</summary>
internal static class SessionPolicy
{
    // https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
    public const int MaxLength = 2048;

    private const string Head = """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":[""";
    private const string Tail = "]}]}";

    /// <param name="bucket">The name of the bucket, or the ARN of an access point.</param>
    /// <param name="region">The region of the bucket, which determines the partition of its ARN.</param>
    /// <param name="statusKeys">The keys, with only letters, digits and <c>- _ . /</c>. Other characters could be patterns.</param>
    /// <exception cref="ArgumentException">The keys do not fit.</exception>
    public static string For(string bucket, string region, IReadOnlyCollection<string> statusKeys)
    {
        var prefix = ResourcePrefix(bucket, region);
        var policy = new StringBuilder(Head);
        var fitting = 0;
        foreach (var key in statusKeys)
        {
            policy.Append(policy.Length == Head.Length ? "\"" : ",\"").Append(prefix).Append(key).Append('"');
            fitting += policy.Length + Tail.Length <= MaxLength ? 1 : 0;
        }

        policy.Append(Tail);
        return policy.Length <= MaxLength
            ? policy.ToString()
            : throw new ArgumentException(string.Create(
                CultureInfo.InvariantCulture,
                $"A session policy for these {statusKeys.Count} status keys has {policy.Length} characters; the maximum is {MaxLength}. "
                + $"Only {fitting} of them fit. Request the others separately."),
                nameof(statusKeys));
    }

    // The objects of an access point have their own ARNs.
    // https://docs.aws.amazon.com/AmazonS3/latest/userguide/security_iam_service-with-iam.html
    private static string ResourcePrefix(string bucket, string region) =>
        bucket.StartsWith("arn:", StringComparison.Ordinal) ? $"{bucket}/object/" : $"arn:{AwsPartition.NameOf(region)}:s3:::{bucket}/";
}
