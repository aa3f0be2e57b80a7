using System.Net;
using Microsoft.Extensions.Options;

namespace OffloadedPolling.S3;

/// <summary>
/// Polls S3 once by status URL, as a caller does, without following redirects. A presigned URL may fail where requests of the SDK work.
/// </summary>
internal sealed class S3StatusUrlProbe(S3WriteProbe written, S3HttpClient http, IOptions<S3Options> options, TimeProvider time)
{
    // Health checks run every few seconds, and each poll is billed.
    private static readonly TimeSpan _fresh = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan _lifetime = TimeSpan.FromMinutes(1);

    // Shorter than the timeout of health checks. The host may be unable to reach an address that callers can.
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(2);

    private long _goodUntil = long.MinValue;

    /// <summary>Polls, unless a poll succeeded within the last minute.</summary>
    /// <returns>A problem that callers elsewhere may not have, or <see langword="null"/>.</returns>
    /// <exception cref="StatusUrlException">No caller can poll.</exception>
    /// <exception cref="OperationStoreException">The object to poll could not be written.</exception>
    public async Task<string?> RunAsync(IPresignedUrlIssuer issuer, CancellationToken cancellationToken)
    {
        if (time.GetTimestamp() < Volatile.Read(ref _goodUntil))
        {
            return null;
        }

        // Without s3:ListBucket, S3 returns 403 for a missing object.
        await written.RunAsync(cancellationToken).ConfigureAwait(false);
        var wrong = await PollAsync(issuer, cancellationToken).ConfigureAwait(false);
        if (wrong is null)
        {
            Volatile.Write(ref _goodUntil, Timestamps.After(time, _fresh));
        }

        return wrong;
    }

    private async Task<string?> PollAsync(IPresignedUrlIssuer issuer, CancellationToken cancellationToken)
    {
        var url = new Uri((await issuer.IssueAsync(written.Key, _lifetime, cancellationToken).ConfigureAwait(false)).Value);
        var address = url.GetLeftPart(UriPartial.Authority);
        using var patience = new CancellationTokenSource(_patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            using var response = await http.Client.GetAsync(
                url, HttpCompletionOption.ResponseHeadersRead, either.Token).ConfigureAwait(false);
            return WrongWith(response, address);
        }
        catch (Exception failed) when (AwsFailure.Is(failed, cancellationToken))
        {
            var why = patience.IsCancellationRequested ? $"no response within {_patience.TotalSeconds} seconds" : failed.Message;
            return $"This host could not poll a status URL at '{address}' ({why}). If callers cannot poll either, correct "
                + "S3:PublicEndpoint or the network.";
        }
    }

    private string? WrongWith(HttpResponseMessage response, string address)
    {
        var code = (int)response.StatusCode;
        // The object was just written and is empty. Another server may return its own page.
        if (response.IsSuccessStatusCode && response.Content.Headers.ContentLength is not > 0)
        {
            return null;
        }

        if (code is >= 300 and < 400)
        {
            var region = response.Headers.TryGetValues("x-amz-bucket-region", out var regions)
                ? $"'{regions.First()}'"
                : "the bucket's region";
            throw new StatusUrlException(
                $"Callers cannot poll: '{address}' answers status URLs with {code}, a redirect, and their signature is not valid at "
                + $"another address. Set AWS_REGION to {region}, or correct S3:PublicEndpoint.");
        }

        return response.StatusCode == HttpStatusCode.Forbidden
            && options.Value is { AllowedIpRanges.Count: > 0 } or { AllowedVpcEndpoints.Count: > 0 }
            ? null
            : $"A poll of a status URL at '{address}' returned {code}. Check the bucket's policy, the s3:GetObject permission of the "
                + "host's credentials, and S3:PublicEndpoint.";
    }
}
