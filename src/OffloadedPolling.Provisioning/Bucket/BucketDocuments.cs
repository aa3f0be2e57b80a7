using OffloadedPolling.S3;
using System.Net;
using System.Text;
using System.Xml;
using System.Xml.Linq;
using Amazon.S3;

namespace OffloadedPolling.Provisioning;

/// <summary>
/// Reads and writes a bucket's configuration documents byte for byte. The SDK reads them into objects and loses on the way what it does
/// not know, which would be gone from the bucket at the next write.
/// </summary>
internal sealed class BucketDocuments(S3Connection s3, SigningCredentialsSource credentials, S3HttpClient http, TimeProvider time)
{
    private const int MaxTries = 4;

    private const string MinimumSizeHeader = "x-amz-transition-default-minimum-object-size";

    private static readonly TimeSpan _minimumLife = TimeSpan.FromMinutes(1);

    // By name: a 404 of a proxy's or of a server that does not know the document must not pass for an empty one, which would be overwritten.
    // https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
    private static readonly HashSet<string> _thereIsNone = [
        "NoSuchBucketPolicy", "NoSuchCORSConfiguration", "NoSuchLifecycleConfiguration",
        "NoSuchPublicAccessBlockConfiguration", "ServerSideEncryptionConfigurationNotFoundError"];

    private string? _region;

    /// <summary>The document; <see langword="null"/> if the bucket has none.</summary>
    /// <exception cref="AmazonS3Exception">The server refuses.</exception>
    public async Task<BucketDocument?> ReadAsync(string resource, CancellationToken cancel)
    {
        var (text, minimumSize) = await SendAsync(HttpMethod.Get, resource, null, cancel).ConfigureAwait(false);
        return text is null ? null : new BucketDocument(text, minimumSize);
    }

    /// <summary>Puts the document in the place of what is there; <see langword="null"/> takes away what is there.</summary>
    /// <exception cref="AmazonS3Exception">The server refuses.</exception>
    public Task WriteAsync(string resource, BucketDocument? document, CancellationToken cancel) =>
        SendAsync(document is null ? HttpMethod.Delete : HttpMethod.Put, resource, document, cancel);

    private async Task<(string? Text, string? MinimumSize)> SendAsync(HttpMethod method, string resource, BucketDocument? document, CancellationToken cancel)
    {
        for (var tries = 1; ; tries++)
        {
            using var request = await SignAsync(method, resource, document).ConfigureAwait(false);
            using var response = await http.Client.SendAsync(request, cancel).ConfigureAwait(false);
            var text = await response.Content.ReadAsStringAsync(cancel).ConfigureAwait(false);
            if (response.IsSuccessStatusCode)
            {
                return (text, response.Headers.TryGetValues(MinimumSizeHeader, out var values) ? values.FirstOrDefault() : null);
            }

            var error = ToException(response, resource, text);
            if (method == HttpMethod.Get && _thereIsNone.Contains(error.ErrorCode))
            {
                return (null, null);
            }

            if (tries == MaxTries || !MayPass(error))
            {
                throw error;
            }

            await Backoff.DelayAsync(time, tries, cancel).ConfigureAwait(false);
        }
    }

    // 409 is the answer while another change of the same bucket is under way.
    private static bool MayPass(AmazonS3Exception error) =>
        error is { StatusCode: HttpStatusCode.InternalServerError or HttpStatusCode.ServiceUnavailable or HttpStatusCode.TooManyRequests }
            or { StatusCode: HttpStatusCode.Conflict, ErrorCode: "OperationAborted" };

    private async Task<HttpRequestMessage> SignAsync(HttpMethod method, string resource, BucketDocument? document)
    {
        var address = s3.GetEndpoint(s3.KeyPrefix);
        var keys = await credentials.TakeAsync(_minimumLife).ConfigureAwait(false);
        _region ??= (await SigningPlace.LearnAsync(s3, time).ConfigureAwait(false)).Region;
        return SignedBucketRequest.Create(
            method,
            address,
            resource,
            document is null ? null : Encoding.UTF8.GetBytes(document.Text),
            document?.DefaultMinimumObjectSize is { } size ? [(MinimumSizeHeader, size)] : [],
            keys.Keys,
            _region,
            SigningPlace.ServerNow(s3.Client, new Uri(address.ToString().TrimEnd('/')).ToString(), time).UtcDateTime);
    }

    private static BucketRefusalException ToException(HttpResponseMessage response, string resource, string text)
    {
        string? code = null, message = null;
        try
        {
            var error = XDocument.Parse(text).Root;
            (code, message) = (error?.Element("Code")?.Value, error?.Element("Message")?.Value);
        }
        catch (XmlException)
        {
            // Not every server and proxy explains itself in XML; the status is told then.
        }

        return new BucketRefusalException(
            resource, string.IsNullOrEmpty(message) ? $"HTTP {(int)response.StatusCode} {response.ReasonPhrase}" : message, code ?? "", response.StatusCode);
    }
}
