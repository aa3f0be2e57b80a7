using System.Web;
using Amazon;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OffloadedPolling.Diagnostics;
using OffloadedPolling.Status;

namespace OffloadedPolling.Urls;

/// <summary>Status URLs to S3, signed with the S3 client's own credentials and for its own address.</summary>
internal sealed class S3PresignedUrlIssuer(
    S3Connection s3,
    SigningCredentialsSource credentials,
    IOptions<OffloadedPollingOptions> options,
    TimeProvider time,
    ILogger<S3PresignedUrlIssuer> logger) : IPresignedUrlIssuer
{
    private static readonly TimeSpan _longest = TimeSpan.FromDays(7);

    // With less left than this, the newer credentials are awaited: a URL that dies before the caller's first look is worth nothing.
    private static readonly TimeSpan _minimumLife = TimeSpan.FromMinutes(1);

    // The expiry is told by one service's clock, and the URL is judged by another's.
    private static readonly TimeSpan _expiryMargin = TimeSpan.FromSeconds(5);

    private PresignedUrlSigner? _signer;

    private int _unknownLifeLogged;

    public async ValueTask<StatusUrl> IssueAsync(string statusKey, TimeSpan lifetime, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(statusKey);
        if (lifetime < TimeSpan.FromSeconds(1) || lifetime > _longest)
        {
            throw new ArgumentOutOfRangeException(nameof(lifetime), lifetime, "A status URL works for 1 second to 7 days, the most that signature version 4 allows.");
        }

        if (!statusKey.StartsWith(s3.KeyPrefix, StringComparison.Ordinal))
        {
            throw new ArgumentException($"'{statusKey}' is no status key: it does not begin with '{s3.KeyPrefix}'.", nameof(statusKey));
        }

        var keys = await credentials.TakeAsync((lifetime < _minimumLife ? lifetime : _minimumLife) + _expiryMargin).ConfigureAwait(false);
        var signer = _signer ??= await LearnSignerAsync().ConfigureAwait(false);

        // The server counts from the second that stands in the URL, by its own clock, which the SDK knows the way to.
        var signedAt = ServerNow(signer);
        signedAt = signedAt.AddTicks(-(signedAt.Ticks % TimeSpan.TicksPerSecond));
        var seconds = (int)Shorten(lifetime, keys, signedAt).TotalSeconds;
        if (seconds < 1)
        {
            throw new StatusUrlException(
                $"No status URL could be signed: the AWS credentials expire at {keys.ExpiresAt:O} and no newer ones came. Check the provider that should renew them.");
        }

        return new StatusUrl(signer.Sign(keys.Keys, statusKey, signedAt.UtcDateTime, seconds), signedAt.AddSeconds(seconds));
    }

    private TimeSpan Shorten(TimeSpan lifetime, SigningCredentials keys, DateTimeOffset signedAt)
    {
        if (keys.ExpiresAt is { } expiresAt)
        {
            var left = expiresAt - _expiryMargin - signedAt;
            return left < lifetime ? left : lifetime;
        }

        var most = options.Value.UnknownCredentialLifetime;
        if (!keys.AreTemporary || lifetime <= most)
        {
            return lifetime;
        }

        if (Interlocked.Exchange(ref _unknownLifeLogged, 1) == 0)
        {
            Log.CredentialLifeUnknown(logger, most);
        }

        return most;
    }

    private DateTimeOffset ServerNow(PresignedUrlSigner signer)
    {
        var correction = AWSConfigs.ManualClockCorrection ?? (AWSConfigs.CorrectForClockSkew && !s3.Client.Config.DisableClockSkewCorrection
            ? CorrectClockSkew.GetClockCorrectionForEndpoint(signer.ClockName)
            : TimeSpan.Zero);
        return time.GetUtcNow() + correction;
    }

    /// <summary>Has the SDK sign one URL and does as it did: the same address, region and signature version.</summary>
    private async Task<PresignedUrlSigner> LearnSignerAsync()
    {
        var endpoint = s3.GetEndpoint(s3.KeyPrefix);
        var request = new GetPreSignedUrlRequest
        {
            BucketName = s3.Bucket,
            Key = s3.KeyPrefix,
            Expires = time.GetUtcNow().UtcDateTime.AddHours(1),
            // The SDK writes https whatever the address says, unless told.
            Protocol = endpoint.Scheme == Uri.UriSchemeHttp ? Protocol.HTTP : Protocol.HTTPS,
        };
        var query = HttpUtility.ParseQueryString(new Uri(await s3.Client.GetPreSignedURLAsync(request).ConfigureAwait(false)).Query);
        return query["X-Amz-Algorithm"] == "AWS4-HMAC-SHA256" && query["X-Amz-Credential"]?.Split('/') is [_, _, var region, "s3", _]
            ? new PresignedUrlSigner(endpoint, region)
            : throw new StatusUrlException(
                $"The S3 client signs URLs with '{query["X-Amz-Algorithm"] ?? "signature version 2"}', which status URLs cannot use. Use a bucket of one region and signature version 4.");
    }
}
