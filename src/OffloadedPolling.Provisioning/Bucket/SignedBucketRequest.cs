using OffloadedPolling.S3;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using Amazon.Runtime;

namespace OffloadedPolling.Provisioning;

/// <summary>A request for one of a bucket's configuration documents, signed with signature version 4 in its headers.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html</remarks>
internal static class SignedBucketRequest
{
    private const string Algorithm = "AWS4-HMAC-SHA256";

    /// <param name="method">GET, PUT or DELETE.</param>
    /// <param name="bucket">The bucket's address, with a slash at its end.</param>
    /// <param name="resource">The document's name in the query: <c>lifecycle</c>.</param>
    /// <param name="body">What to put.</param>
    /// <param name="headers">Headers beside those of the signature, all beginning with <c>x-amz-</c>.</param>
    /// <param name="keys">The credentials.</param>
    /// <param name="region">The bucket's region.</param>
    /// <param name="signedAt">The server's time.</param>
    public static HttpRequestMessage Create(
        HttpMethod method, Uri bucket, string resource, byte[]? body, IEnumerable<(string Name, string Value)> headers,
        ImmutableCredentials keys, string region, DateTime signedAt)
    {
        var date = signedAt.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        var day = date[..8];
        var hash = Convert.ToHexStringLower(SHA256.HashData(body ?? []));
        var signed = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["host"] = bucket.IsDefaultPort ? bucket.Host : bucket.Authority,
            ["x-amz-content-sha256"] = hash,
            ["x-amz-date"] = date,
        };
        foreach (var (name, value) in headers)
        {
            signed[name] = value;
        }

        if (keys.UseToken)
        {
            signed["x-amz-security-token"] = keys.Token;
        }

        var names = string.Join(';', signed.Keys);
        var canonical = $"{method.Method}\n{bucket.AbsolutePath}\n{resource}=\n{string.Concat(signed.Select(header => $"{header.Key}:{header.Value}\n"))}\n{names}\n{hash}";
        var scope = $"{day}/{region}/s3/aws4_request";
        var toSign = $"{Algorithm}\n{date}\n{scope}\n{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(canonical)))}";
        var signature = Convert.ToHexStringLower(HMACSHA256.HashData(SigningKey.Derive(keys.SecretKey, day, region), Encoding.UTF8.GetBytes(toSign)));

        var request = new HttpRequestMessage(method, new Uri(bucket, $"?{resource}="));
        foreach (var (name, value) in signed.Where(header => header.Key != "host"))
        {
            request.Headers.Add(name, value);
        }

        request.Headers.Authorization = new AuthenticationHeaderValue(Algorithm, $"Credential={keys.AccessKey}/{scope},SignedHeaders={names},Signature={signature}");
        if (body is not null)
        {
            request.Content = new ByteArrayContent(body);
            request.Content.Headers.ContentMD5 = ContentMd5(body);
        }

        return request;
    }

    [SuppressMessage("Security", "CA5351:Do Not Use Broken Cryptographic Algorithms", Justification = "A checksum against damage, which every S3 server takes; the signature guards the body.")]
    private static byte[] ContentMd5(byte[] body) => MD5.HashData(body);
}
