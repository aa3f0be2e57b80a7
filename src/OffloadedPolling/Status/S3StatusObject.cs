using Amazon.S3.Model;

namespace OffloadedPolling.Status;

/// <summary>How a status document and its metadata are laid out as an S3 object.</summary>
internal static class S3StatusObject
{
    private const string Owner = "op-owner";

    private const string Cancel = "op-cancel";

    private const string CancelRequested = "requested";

    private const string Fingerprint = "op-payload";

    // Tells a writer its own write when S3 answers a retry of it with 412.
    private const string Nonce = "op-nonce";

    public static PutObjectRequest ToRequest(string bucket, string key, byte[] document, OperationMetadata metadata, string nonce)
    {
        var request = new PutObjectRequest
        {
            BucketName = bucket,
            Key = key,
            InputStream = new MemoryStream(document, writable: false),
            ContentType = StatusDocument.ContentType,
            // The default, aws-chunked with a trailing checksum, is refused or stored as the body by other S3 servers.
            UseChunkEncoding = false,
        };
        request.Headers.CacheControl = StatusDocument.CacheControl;
        Add(Nonce, nonce);
        Add(Owner, metadata.OwnerMessageId);
        Add(Cancel, metadata.CancelRequested ? CancelRequested : null);
        Add(Fingerprint, metadata.PayloadFingerprint);
        return request;

        void Add(string name, string? value)
        {
            if (value is not null)
            {
                request.Metadata.Add(name, value);
            }
        }
    }

    public static async Task<(StoredOperation Operation, string? Nonce)> FromResponseAsync(
        string id, string key, GetObjectResponse response, CancellationToken cancel)
    {
        if (response.ContentLength > StatusDocument.MaxBytes)
        {
            throw new InvalidStatusDocumentException(key, $"it has {response.ContentLength} bytes, more than any status document.");
        }

        var document = new byte[response.ContentLength];
        await response.ResponseStream.ReadExactlyAsync(document, cancel).ConfigureAwait(false);
        var metadata = new OperationMetadata
        {
            OwnerMessageId = response.Metadata[Owner],
            CancelRequested = response.Metadata[Cancel] == CancelRequested,
            PayloadFingerprint = response.Metadata[Fingerprint],
        };
        return (new StoredOperation(StatusDocument.Read(id, key, document), metadata, ToVersion(response.ETag)), response.Metadata[Nonce]);
    }

    // Ceph's gateway compares If-Match as it comes; AWS takes it with and without quotes.
    public static string ToVersion(string etag) => etag.Trim('"');
}
