using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Unicode;
using Amazon.Runtime;

namespace OffloadedPolling.S3;

/// <summary>
/// Signs GET requests for one object with Signature Version 4 in the query. The result is byte for byte that of the SDK's
/// <c>GetPreSignedURL</c>, without allocating 50 KB.
/// </summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html</remarks>
internal sealed class PresignedUrlSigner(Uri endpoint, string region)
{
    private const string Algorithm = "AWS4-HMAC-SHA256";

    private readonly string _origin = endpoint.GetLeftPart(UriPartial.Authority);
    private readonly string _path = endpoint.AbsolutePath;
    private readonly string _host = endpoint.IsDefaultPort ? endpoint.Host : endpoint.Authority;
    private Scope? _scope;

    public string Sign(ImmutableCredentials keys, string objectKey, DateTime signedAt, int lifetimeSeconds)
    {
        var scope = GetScope(keys, signedAt);
        var date = signedAt.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        var path = _path + objectKey;
        // Tokens have about a thousand characters, or several thousand for some roles.
        var length = 512 + (2 * path.Length) + _host.Length + scope.EscapedCredential.Length + scope.EscapedToken.Length;
        Span<byte> buffer = length <= 4096 ? stackalloc byte[length] : new byte[length];

        Span<byte> canonicalHash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(CanonicalRequest(buffer, scope, path, date, lifetimeSeconds), canonicalHash);

        Span<byte> signature = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(scope.SigningKey, StringToSign(buffer, scope, date, canonicalHash), signature);

        Span<char> hex = stackalloc char[2 * HMACSHA256.HashSizeInBytes];
        Convert.TryToHexStringLower(signature, hex, out _);
        var token = scope.EscapedToken;
        return string.Concat(
            string.Create(CultureInfo.InvariantCulture, stackalloc char[256], $"{_origin}{path}?X-Amz-Expires={lifetimeSeconds}"),
            token.Length == 0 ? "" : "&X-Amz-Security-Token=",
            token,
            string.Create(CultureInfo.InvariantCulture, stackalloc char[256],
                $"&X-Amz-Algorithm={Algorithm}&X-Amz-Credential={scope.EscapedCredential}&X-Amz-Date={date}&X-Amz-SignedHeaders=host"
                + $"&X-Amz-Signature={hex}"));
    }

    private ReadOnlySpan<byte> CanonicalRequest(Span<byte> buffer, Scope scope, string path, string date, int lifetimeSeconds)
    {
        var token = scope.EscapedToken;
        var tokenName = token.Length == 0 ? "" : "&X-Amz-Security-Token=";
        Utf8.TryWrite(buffer, CultureInfo.InvariantCulture,
            $"GET\n{path}\nX-Amz-Algorithm={Algorithm}&X-Amz-Credential={scope.EscapedCredential}&X-Amz-Date={date}"
            + $"&X-Amz-Expires={lifetimeSeconds}{tokenName}{token}&X-Amz-SignedHeaders=host\nhost:{_host}\n\nhost\nUNSIGNED-PAYLOAD",
            out var written);
        return buffer[..written];
    }

    private static ReadOnlySpan<byte> StringToSign(Span<byte> buffer, Scope scope, string date, ReadOnlySpan<byte> canonicalHash)
    {
        Span<char> hex = stackalloc char[2 * SHA256.HashSizeInBytes];
        Convert.TryToHexStringLower(canonicalHash, hex, out _);
        Utf8.TryWrite(buffer, CultureInfo.InvariantCulture, $"{Algorithm}\n{date}\n{scope.Path}\n{hex}", out var written);
        return buffer[..written];
    }

    // The values that are constant for one set of keys on one day. Concurrent threads may compute them twice.
    private Scope GetScope(ImmutableCredentials keys, DateTime signedAt)
    {
        var scope = _scope;
        return scope is not null
            && scope.Date == signedAt.Date && scope.Matches(keys) ? scope : _scope = new Scope(keys, signedAt.Date, region);
    }

    // https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-authenticating-requests.html
    private static byte[] DeriveKey(string secretKey, string day, string region)
    {
        var key = Encoding.UTF8.GetBytes("AWS4" + secretKey);
        foreach (var part in (ReadOnlySpan<string>)[day, region, "s3", "aws4_request"])
        {
            key = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(part));
        }

        return key;
    }

    private sealed class Scope
    {
        private readonly ImmutableCredentials _keys;

        public Scope(ImmutableCredentials keys, DateTime date, string region)
        {
            var day = date.ToString("yyyyMMdd", CultureInfo.InvariantCulture);
            _keys = keys;
            Date = date;
            Path = $"{day}/{region}/s3/aws4_request";
            EscapedCredential = Uri.EscapeDataString($"{keys.AccessKey}/{Path}");
            EscapedToken = keys.UseToken ? Uri.EscapeDataString(keys.Token) : "";
            SigningKey = DeriveKey(keys.SecretKey, day, region);
        }

        public DateTime Date { get; }
        public string Path { get; }
        public string EscapedCredential { get; }
        public string EscapedToken { get; }
        public byte[] SigningKey { get; }

        public bool Matches(ImmutableCredentials keys) =>
            ReferenceEquals(_keys, keys)
            || (_keys.AccessKey == keys.AccessKey && _keys.SecretKey == keys.SecretKey && _keys.Token == keys.Token);
    }
}
