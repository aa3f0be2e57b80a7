using System.Globalization;
using System.Net;
using Amazon;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using OffloadedPolling.S3;

namespace OffloadedPolling.Client.S3;

/// <summary>Reads one document on S3 with one set of credentials.</summary>
internal sealed class S3DocumentReader : IDisposable
{
    // One retry, which the SDK needs to correct clock skew. The poller does all other retries.
    private const int Retries = 1;

    // The largest document that a host can be configured to write.
    private const int MaxBytes = 1024 * 1024;

    private static readonly TimeSpan _timeout = TimeSpan.FromSeconds(10);

    // Shorter than the margin of the host's issuer, which would return the same credentials to an earlier request.
    private static readonly TimeSpan _longestMargin = TimeSpan.FromMinutes(1);

    private const double MarginOfLife = 0.1;

    private readonly TimeProvider _time;
    private readonly AmazonS3Client _client;
    private readonly long _takenAt;

    // Null if the credentials already seem expired. Then this machine's clock is wrong, and S3 decides.
    private readonly TimeSpan? _goodFor;
    private DateTimeOffset? _date;

    public S3DocumentReader(StatusCredentials credentials, TimeProvider time)
    {
        (Credentials, _time, _takenAt) = (credentials, time, time.GetTimestamp());
        var left = credentials.ExpiresAt - time.GetUtcNow();
        var margin = left * MarginOfLife < _longestMargin ? left * MarginOfLife : _longestMargin;
        _goodFor = left > TimeSpan.Zero ? left - margin : null;
        _client = new AmazonS3Client(
            new SessionAWSCredentials(credentials.AccessKeyId, credentials.SecretAccessKey, credentials.SessionToken),
            ConfigOf(credentials));
        _client.AfterResponseEvent += KeepDate;
    }

    public StatusCredentials Credentials { get; }

    /// <summary>Gets a value that indicates whether the credentials expire soon.</summary>
    public bool IsEnding => _time.GetElapsedTime(_takenAt) >= _goodFor;

    /// <exception cref="AmazonServiceException">
    /// S3 returns an error. If S3 cannot be reached, the exception of the SDK is thrown.
    /// </exception>
    public async Task<StatusReading> ReadAsync(string? etag, CancellationToken cancellationToken)
    {
        _date = null;
        var request = new GetObjectRequest { BucketName = Credentials.Bucket, Key = Credentials.StatusKey, EtagToNotMatch = etag };
        try
        {
            using var response = await _client.GetObjectAsync(request, cancellationToken).ConfigureAwait(false);
            return await S3Body.ReadAsync(response, MaxBytes, cancellationToken).ConfigureAwait(false) is { } body
                ? StatusReading.Document(body.ToArray(), response.ETag, _date)
                : StatusReading.Failed("the body is not a status document", HttpStatusCode.OK);
        }
        catch (AmazonServiceException same) when (same.StatusCode == HttpStatusCode.NotModified && etag is not null)
        {
            return StatusReading.Unchanged();
        }
    }

    public void Dispose() => _client.Dispose();

    private static AmazonS3Config ConfigOf(StatusCredentials credentials)
    {
        var config = new AmazonS3Config
        {
            ForcePathStyle = credentials.ForcePathStyle,
            Timeout = _timeout,
            MaxErrorRetry = Retries,
            // The host, not the settings of this machine, determines the endpoint.
            IgnoreConfiguredEndpointUrls = true,
        };
        if (credentials.Endpoint is { } endpoint)
        {
            (config.ServiceURL, config.AuthenticationRegion) = (endpoint, credentials.Region);
        }
        else
        {
            config.RegionEndpoint = RegionEndpoint.GetBySystemName(credentials.Region);
        }

        return config;
    }

    // The age of the document is measured by the server's clock.
    private void KeepDate(object sender, ResponseEventArgs answered)
    {
        if (answered is WebServiceResponseEventArgs { ResponseHeaders: { } headers } && headers.TryGetValue("Date", out var date)
            && DateTimeOffset.TryParse(date, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var told))
        {
            _date = told;
        }
    }
}
