using System.Security.Cryptography;
using System.Text;

namespace OffloadedPolling.S3;

/// <summary>The key that signature version 4 derives for one day, region and service.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-authenticating-requests.html</remarks>
internal static class SigningKey
{
    public static byte[] Derive(string secretKey, string day, string region)
    {
        var key = Encoding.UTF8.GetBytes("AWS4" + secretKey);
        foreach (var part in (ReadOnlySpan<string>)[day, region, "s3", "aws4_request"])
        {
            key = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(part));
        }

        return key;
    }
}
