using Amazon.S3.Model;

namespace OffloadedPolling.S3;

/// <summary>Converts a status document and its metadata to and from an S3 object.</summary>
internal static class S3StatusObject
{
    private const string Owner = "op-owner";
    private const string Cancel = "op-cancel";
    private const string CancelRequested = "requested";
    private const string ClaimId = "op-claim";
    private const string ReplacedMessageIds = "op-replaced";
    private const string Fingerprint = "op-payload";

    public static PutObjectRequest ToRequest(string key, byte[] document, OperationMetadata metadata)
    {
        var request = new PutObjectRequest
        {
            Key = key,
            InputStream = new MemoryStream(document, writable: false),
            ContentType = StatusDocument.ContentType,
        };
        request.Headers.CacheControl = StatusDocument.CacheControl;
        Add(Owner, metadata.OwnerMessageId);
        Add(ClaimId, metadata.ClaimId);
        Add(Cancel, metadata.CancelRequested ? CancelRequested : null);
        Add(ReplacedMessageIds, metadata.ReplacedMessageIds);
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

    public static Func<GetObjectResponse, CancellationToken, Task<StoredOperation>> Reader(string id, string key) =>
        (response, cancellationToken) => FromResponseAsync(id, key, response, cancellationToken);

    private static async Task<StoredOperation> FromResponseAsync(
        string id, string key, GetObjectResponse response, CancellationToken cancellationToken)
    {
        if (await S3Body.ReadAsync(response, StatusDocument.MaxBytes, cancellationToken).ConfigureAwait(false) is not { } document)
        {
            throw new InvalidStatusDocumentException(key, $"it has more than {StatusDocument.MaxBytes} bytes.");
        }

        var metadata = new OperationMetadata
        {
            OwnerMessageId = response.Metadata[Owner],
            ClaimId = response.Metadata[ClaimId],
            CancelRequested = response.Metadata[Cancel] == CancelRequested,
            ReplacedMessageIds = response.Metadata[ReplacedMessageIds],
            PayloadFingerprint = response.Metadata[Fingerprint],
        };
        return new StoredOperation(StatusDocument.Read(id, key, document.Span), metadata, S3ConditionalObjects.ToVersion(response.ETag));
    }
}
