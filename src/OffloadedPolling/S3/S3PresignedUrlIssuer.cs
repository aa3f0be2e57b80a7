using Amazon;
using Amazon.Runtime;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace OffloadedPolling.S3;

/// <summary>Issues status URLs that are signed with the credentials of the S3 client, for its address or the public one.</summary>
internal sealed class S3PresignedUrlIssuer(
    S3Connection s3, SigningCredentialsSource credentials, S3StatusUrlProbe probe, IOptions<OffloadedPollingOptions> options,
    TimeProvider time, ILogger<S3PresignedUrlIssuer> logger) : IPresignedUrlIssuer
{
    private static readonly TimeSpan _longest = TimeSpan.FromDays(7);

    // With less life left than this, newer credentials are awaited. A URL that expires before the first poll is useless.
    private static readonly TimeSpan _minimumLife = TimeSpan.FromMinutes(1);

    // The expiration comes from the clock of STS or the instance metadata. S3 checks the URL by its own clock.
    private static readonly TimeSpan _expiryMargin = TimeSpan.FromSeconds(5);

    private PresignedUrlSigner? _signer;
    private string? _clockName;
    private int _unknownLifeLogged;

    public async ValueTask<StatusUrl> IssueAsync(string statusKey, TimeSpan lifetime, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(statusKey);
        if (lifetime < TimeSpan.FromSeconds(1) || lifetime > _longest)
        {
            throw new ArgumentOutOfRangeException(
                nameof(lifetime), lifetime,
                "The lifetime of a status URL must be 1 second to 7 days, the maximum of Signature Version 4.");
        }

        if (!statusKey.StartsWith(s3.KeyPrefix, StringComparison.Ordinal))
        {
            throw new ArgumentException($"'{statusKey}' is not a status key: it does not begin with '{s3.KeyPrefix}'.", nameof(statusKey));
        }

        // A credentials provider that hangs must not keep a caller that has given up.
        var taking = credentials.TakeAsync((lifetime < _minimumLife ? lifetime : _minimumLife) + _expiryMargin);
        var keys = await (taking.IsCompleted ? taking : new(taking.AsTask().WaitAsync(cancellationToken))).ConfigureAwait(false);
        var signer = _signer ??= await LearnSignerAsync(keys).WaitAsync(cancellationToken).ConfigureAwait(false);

        // The server counts from the second in the URL, by its own clock. The SDK knows the offset to that clock.
        var signedAt = ServerNow();
        signedAt = signedAt.AddTicks(-(signedAt.Ticks % TimeSpan.TicksPerSecond));
        var seconds =
            (int)Shorten(lifetime < options.Value.MaxUrlLifetime ? lifetime : options.Value.MaxUrlLifetime, keys, signedAt).TotalSeconds;
        if (seconds < 1)
        {
            throw new StatusUrlException(
                $"No status URL could be signed: the AWS credentials expire at {keys.ExpiresAt:O} and were not renewed. Check the "
                + "credentials provider.");
        }

        return new StatusUrl(signer.Sign(keys.Keys, statusKey, signedAt.UtcDateTime, seconds), signedAt.AddSeconds(seconds));
    }

    public Task<string?> CheckAsync(CancellationToken cancellationToken) => probe.RunAsync(this, cancellationToken);

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

    /// <summary>Creates a signer with the address, region and signature version of a URL that the SDK signed.</summary>
    private async Task<PresignedUrlSigner> LearnSignerAsync(SigningCredentials keys)
    {
        var signature = await SdkSignature.LearnAsync(s3, time).ConfigureAwait(false);
        return signature.MismatchWith(s3.Client, keys) is { } hidden
            ? throw hidden
            : new PresignedUrlSigner(s3.GetPublicEndpoint(s3.KeyPrefix), signature.Region);
    }

    /// <summary>Returns the server's time, with the clock correction of the SDK.</summary>
    private DateTimeOffset ServerNow()
    {
        // The SDK stores the correction by address, without the slash after a path.
        _clockName ??= new Uri(s3.GetEndpoint(s3.KeyPrefix).ToString().TrimEnd('/')).ToString();
        var isCorrected = AWSConfigs.CorrectForClockSkew && !s3.Client.Config.DisableClockSkewCorrection;
        var correction = isCorrected ? CorrectClockSkew.GetClockCorrectionForEndpoint(_clockName) : TimeSpan.Zero;
        return time.GetUtcNow() + (AWSConfigs.ManualClockCorrection ?? correction);
    }
}
