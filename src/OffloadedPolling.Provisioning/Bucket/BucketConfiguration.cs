using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Amazon.Runtime;
using Amazon.Runtime.Internal;
using Amazon.Runtime.Internal.Transform;
using Amazon.S3;
using Amazon.S3.Model;
using Amazon.S3.Model.Internal.MarshallTransformations;
using OffloadedPolling.S3;

namespace OffloadedPolling.Provisioning;

/// <summary>A configuration document of a bucket, as the server sends it: XML, or JSON for the policy.</summary>
/// <param name="Text">The document.</param>
/// <param name="MinimumSize">A header of lifecycle configurations, which S3 resets if it is not sent.</param>
internal sealed record BucketDocument(string Text, string? MinimumSize = null);

/// <summary>Reads and writes the configuration of a bucket.</summary>
/// <remarks>
/// The SDK sends every request, but four documents are read and written as text, because the SDK's types do not fit them. The SDK drops
/// unknown elements of lifecycle and CORS rules. It returns the error document of any 404 as the policy. It ignores the Block Public
/// Access document of Ceph's gateway, whose root element has another name.
/// </remarks>
internal sealed class BucketConfiguration(S3Connection s3)
{
    public string Name => s3.Bucket;
    public string Partition => AwsPartition.NameOf(s3.Client.Config.RegionEndpoint?.SystemName ?? s3.Client.Config.AuthenticationRegion);
    public Uri Endpoint => s3.GetEndpoint(s3.KeyPrefix);

    /// <summary>Reads a document by its name in the query, such as <c>lifecycle</c>. <see langword="null"/> if it does not exist.</summary>
    public async Task<BucketDocument?> ReadAsync(string resource, string permission, CancellationToken cancellationToken)
    {
        try
        {
            return await SendAsync(new TextRequest("GET", resource), permission, cancellationToken).ConfigureAwait(false);
        }

        // By name, so that the 404 of a proxy, or of a server without such documents, does not count as an empty document.
        // https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
        catch (PartException missing) when (missing.InnerException is AmazonS3Exception
        {
            ErrorCode: "NoSuchBucketPolicy" or "NoSuchCORSConfiguration" or "NoSuchLifecycleConfiguration"
                or "NoSuchPublicAccessBlockConfiguration"
        })
        {
            return null;
        }
    }

    /// <summary>Replaces a document, or deletes it if it is <see langword="null"/>.</summary>
    public Task WriteAsync(string resource, string permission, BucketDocument? document, CancellationToken cancellationToken) =>
        SendAsync(new TextRequest(document is null ? "DELETE" : "PUT", resource, document), permission, cancellationToken);

    /// <exception cref="PartException">The server rejects the request, for a reason that affects only one part.</exception>
    /// <exception cref="OperationStoreException">The bucket does not exist, cannot be reached, or cannot be configured.</exception>
    public async Task<T> CallAsync<T>(string permission, Func<IAmazonS3, Task<T>> call, CancellationToken cancellationToken)
    {
        try
        {
            return await call(s3.Client).ConfigureAwait(false);
        }
        catch (AmazonS3Exception refused) when (!ConcernsTheWholeBucket(refused))
        {
            var whatToDo = refused.ErrorCode switch
            {
                "AccessDenied" => $" Grant {permission}, or switch the part off.",
                "NotImplemented" or "MethodNotAllowed" or "InvalidArgument" or "MalformedXML" => " If unsupported, switch the part off.",
                _ => "",
            };
            var mayBeWritten = (int)refused.StatusCode >= 500 && refused.StatusCode != HttpStatusCode.NotImplemented;
            throw new PartException($"S3 rejected the request: {Describe(refused)}{whatToDo}", refused, mayBeWritten);
        }
        catch (Exception failed) when (AwsFailure.Is(failed, cancellationToken))
        {
            throw S3Errors.ToStoreException("set up", s3, s3.KeyPrefix, failed);
        }
    }

    public static string Describe(Exception failed)
    {
        var (code, message) = ((failed as AmazonServiceException)?.ErrorCode, failed.Message.TrimEnd('.'));
        var words = string.IsNullOrEmpty(code) ? message : string.IsNullOrEmpty(message) || message == code ? code : $"{code} ({message})";
        return $"{words}.";
    }

    private static bool ConcernsTheWholeBucket(AmazonS3Exception failed) => failed.ErrorCode is
        "NoSuchBucket" or "ExpiredToken" or "InvalidAccessKeyId" or "SignatureDoesNotMatch" or "InvalidToken" or "RequestTimeTooSkewed"
        or "PermanentRedirect" or "AuthorizationHeaderMalformed";

    private Task<BucketDocument> SendAsync(TextRequest request, string permission, CancellationToken cancellationToken) => CallAsync(
        permission,
        async s3 =>
        {
            using var client = new TextClient(AwsClientCredentials.Find(s3), (AmazonS3Config)s3.Config);
            return await client.SendAsync(Name, request, cancellationToken).ConfigureAwait(false);
        },
        cancellationToken);

    /// <summary>The SDK's client, with texts instead of types for the documents of a bucket.</summary>
    private sealed class TextClient(AWSCredentials credentials, AmazonS3Config config) : AmazonS3Client(credentials, config)
    {
        public async Task<BucketDocument> SendAsync(string bucket, TextRequest request, CancellationToken cancellationToken)
        {
            // The type only tells the SDK that the request goes to a bucket.
            var typed = new GetBucketPolicyRequest { BucketName = bucket };
            var options = new InvokeOptions { RequestMarshaller = request, ResponseUnmarshaller = new TextUnmarshaller() };
            var response = await InvokeAsync<TextResponse>(typed, options, cancellationToken).ConfigureAwait(false);
            return new BucketDocument(response.Text, response.MinimumSize);
        }
    }

    private sealed class TextRequest(string method, string resource, BucketDocument? document = null)
        : IMarshaller<IRequest, AmazonWebServiceRequest>
    {
        public const string MinimumSizeHeader = "x-amz-transition-default-minimum-object-size";

        [SuppressMessage("Security", "CA5351", Justification = "A checksum that every S3 server accepts; the signature guards the body.")]
        public IRequest Marshall(AmazonWebServiceRequest input)
        {
            var request = new DefaultRequest(input, "Amazon.S3") { HttpMethod = method, ResourcePath = "/", UseQueryString = true };
            request.AddSubResource(resource);
            if (document is not null)
            {
                request.Content = Encoding.UTF8.GetBytes(document.Text);
                request.Headers["Content-MD5"] = Convert.ToBase64String(MD5.HashData(request.Content));
            }

            if (!string.IsNullOrEmpty(document?.MinimumSize))
            {
                request.Headers[MinimumSizeHeader] = document.MinimumSize;
            }

            return request;
        }
    }

    private sealed class TextResponse : AmazonWebServiceResponse
    {
        public string Text { get; init; } = "";
        public string? MinimumSize { get; init; }
    }

    // Errors are parsed like those of the policy.
    private sealed class TextUnmarshaller : GetBucketPolicyResponseUnmarshaller
    {
        public override AmazonWebServiceResponse Unmarshall(XmlUnmarshallerContext context) => new TextResponse
        {
            Text = new StreamReader(context.Stream).ReadToEnd(),
            MinimumSize = context.ResponseData.GetHeaderValue(TextRequest.MinimumSizeHeader),
        };
    }
}
