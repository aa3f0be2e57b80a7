using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace OffloadedPolling.IntegrationTests.Servers;

/// <summary>Sends signed requests to the gateway's IAM API, because the tests do not reference the SDK's IAM package.</summary>
internal static class IamRequests
{
    public static async Task<string> SendAsync(string action, IReadOnlyDictionary<string, string> parameters)
    {
        using var body = new FormUrlEncodedContent([KeyValuePair.Create("Action", action), .. parameters]);
        var bytes = await body.ReadAsByteArrayAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, TestServers.S3) { Content = new ByteArrayContent(bytes) };
        request.Content.Headers.ContentType = new("application/x-www-form-urlencoded");
        Sign(request, Hex(SHA256.HashData(bytes)), DateTimeOffset.UtcNow);
        using var http = new HttpClient();
        using var response = await http.SendAsync(request);
        var answer = await response.Content.ReadAsStringAsync();
        return response.IsSuccessStatusCode ? answer : throw new InvalidOperationException(
            $"{action}: {(int)response.StatusCode} {answer}");
    }

    // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
    private static void Sign(HttpRequestMessage request, string bodyHash, DateTimeOffset now)
    {
        var date = now.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        var scope = $"{date[..8]}/{TestServers.Region}/iam/aws4_request";
        const string Signed = "content-type;host;x-amz-content-sha256;x-amz-date";
        var canonical = $"POST\n/\n\ncontent-type:application/x-www-form-urlencoded\nhost:{request.RequestUri!.Authority}\n"
            + $"x-amz-content-sha256:{bodyHash}\nx-amz-date:{date}\n\n{Signed}\n{bodyHash}";
        var key = Encoding.UTF8.GetBytes("AWS4" + TestServers.SecretKey);
        foreach (var part in scope.Split('/'))
        {
            key = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(part));
        }

        var toSign = $"AWS4-HMAC-SHA256\n{date}\n{scope}\n{Hex(SHA256.HashData(Encoding.UTF8.GetBytes(canonical)))}";
        request.Headers.Add("x-amz-date", date);
        request.Headers.Add("x-amz-content-sha256", bodyHash);
        request.Headers.TryAddWithoutValidation(
            "Authorization",
            $"AWS4-HMAC-SHA256 Credential={TestServers.AccessKey}/{scope}, SignedHeaders={Signed}, "
            + $"Signature={Hex(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(toSign)))}");
    }

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);
}
