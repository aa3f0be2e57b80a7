using Amazon.Runtime;
using Microsoft.Extensions.Logging;

namespace OffloadedPolling.S3;

/// <summary>A consistent snapshot of keys and their expiration.</summary>
/// <param name="Keys">The access key, secret key and session token.</param>
/// <param name="ExpiresAt">The expiration, or <see langword="null"/> if they do not expire or do not report it.</param>
internal readonly record struct SigningCredentials(ImmutableCredentials Keys, DateTimeOffset? ExpiresAt)
{
    /// <summary>Gets a value that indicates whether the keys have a session token and therefore expire.</summary>
    public bool AreTemporary => Keys.UseToken;

    public override string ToString() => $"{nameof(SigningCredentials)} {{ ExpiresAt = {ExpiresAt:O} }}";
}

/// <summary>Provides the credentials of the S3 client, each set with its own expiration.</summary>
internal sealed class SigningCredentialsSource(S3Connection s3, ILogger<SigningCredentialsSource> logger)
{
    // A refresh changes the credentials once, so more than two different readings in a row are not caused by a race.
    private const int MaxReadings = 10;

    private AWSCredentials? _credentials;

    /// <summary>
    /// Returns the credentials. If they live for less than <paramref name="minimumLife"/>, awaits a refresh if the provider supports it.
    /// The result may still live for less.
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
                // The SDK refreshes in the background and may replace keys and expiration between two calls. An expiration that is
                // the same before and after belongs to the keys.
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
            // The host's own provider may throw any exception.
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
                // The old credentials may still work for a while.
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
