using Microsoft.Extensions.Options;

namespace OffloadedPolling.Sqlite;

/// <summary>Issues status URLs to the host's own route.</summary>
internal sealed class SqliteStatusUrlIssuer(
    StatusUrlAddress address, StatusUrlSignature signature, IOptions<OffloadedPollingOptions> options,
    TimeProvider time) : IPresignedUrlIssuer
{
    private static readonly TimeSpan _longest = TimeSpan.FromDays(7);

    public ValueTask<StatusUrl> IssueAsync(string statusKey, TimeSpan lifetime, CancellationToken cancellationToken)
    {
        if (!OperationId.IsValid(statusKey))
        {
            throw new ArgumentException($"'{statusKey}' is not a status key. Pass an operation ID.", nameof(statusKey));
        }

        if (lifetime < TimeSpan.FromSeconds(1) || lifetime > _longest)
        {
            throw new ArgumentOutOfRangeException(nameof(lifetime), lifetime, "The lifetime of a status URL must be 1 second to 7 days.");
        }

        var most = options.Value.MaxUrlLifetime;
        var expiresAt = time.GetUtcNow().ToUnixTimeSeconds() + (long)(lifetime < most ? lifetime : most).TotalSeconds;
        return ValueTask.FromResult(
            new StatusUrl(address.GetUrl(statusKey) + signature.Sign(statusKey, expiresAt), DateTimeOffset.FromUnixTimeSeconds(expiresAt)));
    }
}
