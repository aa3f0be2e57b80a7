using OffloadedPolling.S3;

namespace OffloadedPolling.Sts;

internal sealed class S3StatusCredentialsIssuer(S3Connection s3, IOperationStatusStore store, ITemporaryCredentialsIssuer issuer)
    : IStatusCredentialsIssuer
{
    public async Task<StatusCredentials?> IssueAsync(
        string id, string caller, string? refusedAccessKeyId, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(id);
        ArgumentException.ThrowIfNullOrEmpty(caller);
        if (!OperationId.IsValid(id) || await store.GetAsync(id, cancellationToken).ConfigureAwait(false) is null)
        {
            return null;
        }

        var statusKey = store.GetStatusKey(id);
        var issued = await issuer.IssueAsync(
            new() { Caller = caller, StatusKeys = [statusKey], RefusedAccessKeyId = refusedAccessKeyId },
            cancellationToken).ConfigureAwait(false);
        return new StatusCredentials
        {
            Id = id,
            StatusKey = statusKey,
            Bucket = s3.Bucket,
            Region = s3.Region,
            Endpoint = s3.PublicAddress,
            ForcePathStyle = s3.ForcesPathStyle,
            AccessKeyId = issued.AccessKeyId,
            SecretAccessKey = issued.SecretAccessKey,
            SessionToken = issued.SessionToken,
            ExpiresAt = issued.ExpiresAt,
        };
    }
}
