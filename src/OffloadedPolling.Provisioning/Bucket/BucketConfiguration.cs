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

/// <summary>One of a bucket's configuration documents, as the server sends it.</summary>
/// <param name="Text">XML, or JSON for the policy.</param>
/// <param name="MinimumSize">Of a lifecycle: what a header says next to the document. It is lost unless it is sent along.</param>
internal sealed record BucketDocument(string Text, string? MinimumSize = null);

/// <summary>Reads and writes a bucket's configuration.</summary>
/// <remarks>
/// The SDK sends every request, but its types do not fit four documents, which are therefore read and written as text: it drops the
/// elements of lifecycle and CORS rules that it does not know; it returns the error document of any 404 as the policy; and it overlooks
/// the Block Public Access of Ceph's gateway, whose root has another name.
/// </remarks>
internal sealed class BucketConfiguration(S3Connection s3, SigningCredentialsSource credentials) : IDisposable
{
    private const string MinimumSizeHeader = "x-amz-transition-default-minimum-object-size";

    // By name: the 404 of a proxy, or of a server that does not know the document, must not count as an empty one.
    // https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
    private static readonly HashSet<string> _notFound = [
        "NoSuchBucketPolicy", "NoSuchCORSConfiguration", "NoSuchLifecycleConfiguration", "NoSuchPublicAccessBlockConfiguration"];

    private static readonly TimeSpan _credentialLife = TimeSpan.FromMinutes(1);

    private readonly Lazy<TextClient> _texts = new(() => new(AwsClientCredentials.Find(s3.Client), (AmazonS3Config)s3.Client.Config));

    public string Bucket => s3.Bucket;

    /// <summary>The first part of the bucket's ARN: <c>aws</c>, <c>aws-cn</c>, <c>aws-us-gov</c>.</summary>
    public string Partition => AwsPartition.Of(s3.Client.Config.RegionEndpoint?.SystemName ?? s3.Client.Config.AuthenticationRegion);

    public Uri Endpoint => s3.GetEndpoint(s3.KeyPrefix);

    /// <summary>Reads the document with a name in the query, such as <c>lifecycle</c>; <see langword="null"/> if there is none.</summary>
    public async Task<BucketDocument?> ReadAsync(string resource, string permission, CancellationToken cancellationToken)
    {
        try
        {
            var get = new TextMarshaller("GET", resource, null);
            var call = CallAsync(permission, _ => _texts.Value.SendAsync(Bucket, get, cancellationToken));
            return (await call.ConfigureAwait(false)).Document;
        }
        catch (PartException missing) when (missing.InnerException is AmazonS3Exception { ErrorCode: var code } && _notFound.Contains(code))
        {
            return null;
        }
    }

    /// <summary>Replaces a document; <see langword="null"/> deletes it.</summary>
    public Task WriteAsync(string resource, string permission, BucketDocument? document, CancellationToken cancellationToken)
    {
        var write = new TextMarshaller(document is null ? "DELETE" : "PUT", resource, document);
        return CallAsync(permission, _ => _texts.Value.SendAsync(Bucket, write, cancellationToken));
    }

    /// <summary>Whether the bucket has versions. One whose versioning is suspended still has its earlier ones.</summary>
    public async Task<bool> HasVersionsAsync(CancellationToken cancellationToken)
    {
        var request = new GetBucketVersioningRequest { BucketName = Bucket };
        var call = CallAsync("s3:GetBucketVersioning", s3 => s3.GetBucketVersioningAsync(request, cancellationToken));
        return (await call.ConfigureAwait(false)).VersioningConfig?.Status?.Value is "Enabled" or "Suspended";
    }

    /// <summary>Whether the bucket's policy grants public access.</summary>
    public async Task<bool> IsPublicAsync(CancellationToken cancellationToken)
    {
        var request = new GetBucketPolicyStatusRequest { BucketName = Bucket };
        var call = CallAsync("s3:GetBucketPolicyStatus", s3 => s3.GetBucketPolicyStatusAsync(request, cancellationToken));
        return (await call.ConfigureAwait(false)).PolicyStatus?.IsPublic == true;
    }

    /// <exception cref="PartException">The server refuses, in a way that concerns only one part.</exception>
    public async Task<T> CallAsync<T>(string permission, Func<IAmazonS3, Task<T>> call)
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
            throw new PartException($"S3 refused it: {Describe(refused)}{whatToDo}", refused)
            {
                MayBeWritten = (int)refused.StatusCode >= 500 && refused.StatusCode != HttpStatusCode.NotImplemented,
            };
        }
    }

    /// <summary>Runs a set-up, and says in words what is wrong when it cannot be done at all.</summary>
    public async Task RunAsync(Func<Task> run, CancellationToken cancellationToken)
    {
        try
        {
            _ = await credentials.TakeAsync(_credentialLife).ConfigureAwait(false);
            await run().ConfigureAwait(false);
        }
        catch (Exception failed) when (AwsFailure.Is(failed, cancellationToken))
        {
            throw S3Errors.ToStoreException("set up", s3, s3.KeyPrefix, failed);
        }
        catch (StatusUrlException unsigned)
        {
            throw new OperationStoreException(
                $"Could not set up the bucket '{Bucket}': no AWS credentials were found, or they could not be refreshed. "
                + "Check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, the profile, or the role.", unsigned);
        }
    }

    public static string Describe(Exception failed)
    {
        var (code, message) = ((failed as AmazonServiceException)?.ErrorCode, failed.Message.TrimEnd('.'));
        var words = string.IsNullOrEmpty(code) ? message : string.IsNullOrEmpty(message) || message == code ? code : $"{code} ({message})";
        return $"{words}.";
    }

    public void Dispose()
    {
        if (_texts.IsValueCreated)
        {
            _texts.Value.Dispose();
        }
    }

    private static bool ConcernsTheWholeBucket(AmazonS3Exception failed) => failed.ErrorCode is
        "NoSuchBucket" or "ExpiredToken" or "InvalidAccessKeyId" or "SignatureDoesNotMatch" or "InvalidToken" or "RequestTimeTooSkewed"
        or "PermanentRedirect" or "AuthorizationHeaderMalformed";

    /// <summary>AWS's client, with texts in place of the types that it makes of a bucket's documents.</summary>
    private sealed class TextClient(AWSCredentials credentials, AmazonS3Config config) : AmazonS3Client(credentials, config)
    {
        // The request's type only tells the SDK that it goes to a bucket.
        public Task<TextResponse> SendAsync(string bucket, TextMarshaller marshaller, CancellationToken cancellationToken)
        {
            var options = new InvokeOptions { RequestMarshaller = marshaller, ResponseUnmarshaller = new TextUnmarshaller() };
            return InvokeAsync<TextResponse>(new GetBucketPolicyRequest { BucketName = bucket }, options, cancellationToken);
        }
    }

    private sealed class TextResponse : AmazonWebServiceResponse
    {
        public BucketDocument? Document { get; init; }
    }

    private sealed class TextMarshaller(string method, string resource, BucketDocument? document)
        : IMarshaller<IRequest, AmazonWebServiceRequest>
    {
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

            if (document?.MinimumSize is { } size)
            {
                request.Headers[MinimumSizeHeader] = size;
            }

            return request;
        }
    }

    private sealed class TextUnmarshaller : S3ReponseUnmarshaller
    {
        public override AmazonWebServiceResponse Unmarshall(XmlUnmarshallerContext context)
        {
            using var reader = new StreamReader(context.Stream);
            var size = context.ResponseData.GetHeaderValue(MinimumSizeHeader);
            return new TextResponse { Document = new BucketDocument(reader.ReadToEnd(), string.IsNullOrEmpty(size) ? null : size) };
        }

        public override AmazonServiceException UnmarshallException(
            XmlUnmarshallerContext context, Exception innerException, HttpStatusCode statusCode)
        {
            var error = S3ErrorResponseUnmarshaller.Instance.Unmarshall(context);
            return new AmazonS3Exception(error.Message, innerException, error.Type, error.Code, error.RequestId, statusCode);
        }
    }
}
