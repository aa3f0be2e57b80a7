using Amazon.Runtime;
using Microsoft.Extensions.Logging;

namespace OffloadedPolling.S3;

/// <summary>Keys, with the instant at which they stop working, taken at one moment.</summary>
/// <param name="Keys">Access key, secret key and session token.</param>
/// <param name="ExpiresAt"><see langword="null"/> if they do not expire, or do not tell.</param>
internal readonly record struct SigningCredentials(ImmutableCredentials Keys, DateTimeOffset? ExpiresAt)
{
    /// <summary>Keys with a session token expire, whether they tell when or not.</summary>
    public bool AreTemporary => Keys.UseToken;

    public override string ToString() => $"{nameof(SigningCredentials)} {{ ExpiresAt = {ExpiresAt:O} }}";
}

/// <summary>The credentials of the S3 client, each set together with its own expiry.</summary>
internal sealed class SigningCredentialsSource(S3Connection s3, ILogger<SigningCredentialsSource> logger)
{
    // The set in force changes at most once in a refresh: more than two readings in a row that differ are no race.
    private const int MaxReadings = 10;

    private AWSCredentials? _credentials;

    /// <summary>
    /// Takes a set that lives for <paramref name="minimumLife"/>, awaiting a refresh for it if the provider can make one.
    /// </summary>
    public async ValueTask<SigningCredentials> TakeAsync(TimeSpan minimumLife)
    {
        try
        {
            var credentials = _credentials ??= AwsClientCredentials.Find(s3.Client);
            if (credentials is AnonymousAWSCredentials)
            {
                throw new StatusUrlException(
                    "No status URL could be signed: the S3 client has anonymous credentials. Register an IAmazonS3 with credentials "
                    + "that may read the status documents.");
            }

            for (var readings = 1; ; readings++)
            {
                // The SDK refreshes in the background and exchanges keys and expiry between any two calls: an expiry that is the same
                // before and after belongs to the keys between.
                var before = credentials.Expiration;
                var keys = await ReadKeysAsync(credentials, minimumLife).ConfigureAwait(false);
                var after = credentials.Expiration;
                if (before == after || readings == MaxReadings)
                {
                    return new SigningCredentials(keys, Earlier(before, after));
                }
            }
        }
        catch (Exception failed) when (failed is not (StatusUrlException or OutOfMemoryException))
        {
            // A host's own provider may throw anything.
            throw new StatusUrlException(
                $"No status URL could be signed: the AWS credentials could not be obtained ({failed.GetType().Name}). Check "
                + "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, the profile, the role, or the host's own credentials provider.", failed);
        }
    }

    private async ValueTask<ImmutableCredentials> ReadKeysAsync(AWSCredentials credentials, TimeSpan minimumLife)
    {
        if (credentials is RefreshingAWSCredentials refreshing)
        {
            try
            {
                return await refreshing.GetCredentialsAsync(minimumLife).ConfigureAwait(false);
            }
            catch (Exception failed) when (failed is not OutOfMemoryException && refreshing.Expiration is not null)
            {
                // The old set may have some life left, which is better than none.
                Log.CredentialRefreshFailed(logger, failed);
            }
        }

        return await credentials.GetCredentialsAsync().ConfigureAwait(false);
    }

    private static DateTimeOffset? Earlier(DateTime? one, DateTime? other)
    {
        var earlier = one is null || other < one ? other ?? one : one;
        return earlier is { } instant ? new DateTimeOffset(instant.ToUniversalTime()) : null;
    }
}
